// One script for the page, beside it: `node build.mjs`, in the folder with node_modules.
import { copyFileSync } from 'node:fs';
import { build } from 'esbuild';

// Editors, maps and Grafana's own telemetry: imported by @grafana/ui, drawn in no panel.
const unused =
  /^(monaco-editor|@monaco-editor\/react|ol|geotiff|slate[\w-]*|@codemirror\/[\w-]+|@uiw\/react-codemirror|@grafana\/faro-web-sdk)(\/|$)/;
const empty = {
  name: 'empty',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: unused }, () => ({ path: 'empty', namespace: 'empty' }));
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {}' }));
  },
};

await build({
  entryPoints: ['src/main.jsx'],
  bundle: true,
  format: 'iife',
  jsx: 'automatic',
  outfile: 'out/main.js',
  loader: { '.woff2': 'dataurl', '.woff': 'empty', '.ttf': 'empty' },
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'error',
  logLimit: 5,
  plugins: [empty],
});
copyFileSync('index.html', 'out/index.html');
