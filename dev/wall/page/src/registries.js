// The registries that Grafana's server app fills when it starts, of what panels may say.
import {
  createFieldConfigRegistry,
  displayNameOverrideProcessor,
  identityOverrideProcessor as same,
  numberOverrideProcessor,
  standardFieldConfigEditorRegistry,
  standardTransformers,
  standardTransformersRegistry,
  stringOverrideProcessor,
  thresholdsOverrideProcessor,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
} from '@grafana/data';

const standard = {
  actions: same,
  color: same,
  decimals: numberOverrideProcessor,
  displayName: displayNameOverrideProcessor,
  fieldMinMax: same,
  filterable: same,
  links: same,
  mappings: valueMappingsOverrideProcessor,
  max: numberOverrideProcessor,
  min: numberOverrideProcessor,
  noValue: stringOverrideProcessor,
  thresholds: thresholdsOverrideProcessor,
  unit: unitOverrideProcessor,
};

// The custom field options in the schemas of the two panels that have any.
const custom = {
  table: [
    'align', 'cellOptions', 'filterable', 'footer', 'hidden', 'hideFrom', 'hideHeader', 'inspect', 'minWidth',
    'styleField', 'tooltip', 'width', 'wrapHeaderText', 'wrapText',
  ],
  timeseries: [
    'axisBorderShow', 'axisCenteredZero', 'axisColorMode', 'axisGridShow', 'axisLabel', 'axisPlacement',
    'axisSoftMax', 'axisSoftMin', 'axisWidth', 'barAlignment', 'barMaxWidth', 'barWidthFactor', 'drawStyle',
    'fillBelowTo', 'fillColor', 'fillOpacity', 'gradientMode', 'hideFrom', 'insertNulls', 'lineColor',
    'lineInterpolation', 'lineStyle', 'lineWidth', 'pointColor', 'pointSize', 'pointSymbol', 'scaleDistribution',
    'showPoints', 'showValues', 'spanNulls', 'stacking', 'thresholdsStyle', 'transform',
  ],
};

const option = (id, process, shouldApply) => ({
  id,
  path: id,
  name: id,
  editor: () => null,
  override: () => null,
  process,
  settings: {},
  shouldApply,
});

export function register() {
  standardFieldConfigEditorRegistry.setInit(() =>
    Object.entries(standard).map(([id, process]) => option(id, process, () => true))
  );
  const transformers = new Map(Object.values(standardTransformers).map((one) => [one.id, one]));
  standardTransformersRegistry.setInit(() =>
    [...transformers.values()].map((transformation) => ({
      id: transformation.id,
      name: transformation.name,
      editor: () => null,
      transformation: async () => transformation,
    }))
  );
}

const made = {};

export const registryOf = (type) => (made[type] ??= createFieldConfigRegistry(own(custom[type]), type));

const own = (ids) =>
  ids && {
    useCustomConfig: (builder) =>
      ids.forEach((id) => builder.addCustomEditor(option(id, same, (field) => field.type !== 'time'))),
  };
