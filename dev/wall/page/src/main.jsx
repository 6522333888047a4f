// The page's words for Python: `draw(dashboard, data)`, `still()` after a change of the window, `measure()`.
import '@fontsource/inter/400.css';
import '@fontsource/inter/500.css';
import { createTheme, setTimeZoneResolver, ThemeContext } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import { Dashboard } from './dashboard.jsx';
import { measure } from './measure.js';
import { register } from './registries.js';

register();
setTimeZoneResolver(() => 'utc'); // as the dashboard's: a transformation may ask it
const started = Promise.all([
  initPluginTranslations('grafana'),
  document.fonts.load('400 14px Inter'),
  document.fonts.load('500 14px Inter'),
]);
const root = createRoot(document.getElementById('root'));
const theme = createTheme({ colors: { mode: 'dark' } });
let drawn = 0;

window.measure = measure;
window.still = still;
window.draw = async (dashboard, data) => {
  await started;
  Date.now = () => data.to * 1000; // "5 minutes ago" is of the instant that is shown
  let left = dashboard.panels.length;
  const all = new Promise((resolve) => {
    const onDrawn = () => --left || resolve();
    root.render(
      <ThemeContext.Provider value={theme} key={++drawn}>
        <GlobalStyles isExtensionSidebarOpen={false} />
        <Dashboard {...{ dashboard, data, onDrawn }} />
        <PortalContainer />
      </ThemeContext.Provider>
    );
  });
  await all;
  await still();
  return document.querySelector('main').offsetHeight;
};

// Graphs and tables draw themselves in the frames after React is done.
const FRAMES = 5;

async function still() {
  let moved = 0;
  const observer = new MutationObserver(() => (moved = 0));
  observer.observe(document.body, { attributes: true, characterData: true, childList: true, subtree: true });
  while (moved++ < FRAMES) await new Promise(requestAnimationFrame);
  observer.disconnect();
}
