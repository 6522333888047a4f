// Words of a dashboard that Grafana's types leave open: `node values.mjs FILE...`.
//
// Prints a line for each that Grafana's own registries do not know.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

globalThis.navigator ??= { language: 'en', languages: ['en'] };
const grafana = createRequire(import.meta.url)('@grafana/data');

const units = new Set(grafana.getValueFormats().flatMap(({ submenu }) => submenu.map(({ value }) => value)));
const OWN_UNIT = /^(suffix|prefix|time|si|count|currency|bool):/;
const { getColorByName } = grafana.createTheme().visualization;
const OWN_COLOUR = /^(#|rgb)/;
const transformations = new Set(Object.values(grafana.standardTransformers).map(({ id }) => id));

const isTransformation = (name) => transformations.has(name);
const isUnit = (name) => units.has(name) || OWN_UNIT.test(name);
// A name that it does not know, it returns.
const isColour = (name) => OWN_COLOUR.test(getColorByName(name)) || name === 'transparent';
const isReducer = (name) => !!grafana.fieldReducers.getIfExists(name);
const isMatcher = (name) => !!grafana.fieldMatchers.getIfExists(name);
const isColourMode = (name) => !!grafana.fieldColorModeRegistry.getIfExists(name);

const texts = (value) => (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string');

function* faultsIn(value, where) {
  if (typeof value !== 'object' || value === null) return;
  const unknown = (what, names, isKnown) =>
    texts(names)
      .filter((name) => !isKnown(name))
      .map((name) => `${where}: no ${what} ${name}`);
  yield* unknown('unit', value.unit, isUnit);
  yield* unknown('unit', value.id === 'unit' ? value.value : [], isUnit);
  yield* unknown('reducer', value.calcs, isReducer);
  yield* unknown('reducer', value.reducers, isReducer);
  yield* unknown('colour', value.color, isColour);
  yield* unknown('colour', value.fixedColor, isColour);
  yield* unknown('colour mode', value.color?.mode, isColourMode);
  yield* unknown('matcher', value.matcher?.id, isMatcher);
  for (const { id } of value.transformations ?? []) yield* unknown('transformation', id, isTransformation);
  for (const [name, inner] of Object.entries(value)) yield* faultsIn(inner, `${where}.${name}`);
}

for (const file of process.argv.slice(2))
  for (const panel of JSON.parse(readFileSync(file)).panels)
    for (const fault of faultsIn(panel, panel.title)) console.log(`${file}: ${fault}`);
