// What Grafana's panel plugins do with @grafana/ui: they are code of the AGPL server,
// published nowhere. Written from their behaviour; the drawing itself is Grafana's.
import { getDisplayValueAlignmentFactors, getFieldDisplayValues } from '@grafana/data';
import { defaultOptions as barDefaults } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import { defaultOptions as statDefaults } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import { BarGauge, BigValue, TimeSeries, VizRepeater, useTheme2 } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';

const asIs = (text) => text;
const factors = (values) => getDisplayValueAlignmentFactors(values);

const figures = ({ frames, fieldConfig, timeZone }, reduceOptions, theme) => () =>
  getFieldDisplayValues({ data: frames, fieldConfig, reduceOptions, replaceVariables: asIs, theme, timeZone });

function Stat(props) {
  const theme = useTheme2();
  const options = { ...statDefaults, ...props.panel.options };
  return (
    <VizRepeater
      getValues={figures(props, options.reduceOptions, theme)}
      getAlignmentFactors={factors}
      renderValue={({ value, width, height, alignmentFactors, count }) => (
        <BigValue
          className="tile"
          value={value.display}
          count={count}
          colorMode={options.colorMode}
          graphMode={options.graphMode}
          justifyMode={options.justifyMode}
          textMode={options.textMode}
          alignmentFactors={alignmentFactors}
          text={options.text}
          width={width}
          height={height}
          theme={theme}
          disableWideLayout={!options.wideLayout}
        />
      )}
      width={props.width}
      height={props.height}
      source={props.frames}
      itemSpacing={3}
      renderCounter={0}
      autoGrid
      orientation={options.orientation ?? 'auto'}
    />
  );
}

function Bars(props) {
  const theme = useTheme2();
  const options = { ...barDefaults, ...props.panel.options };
  const spacing = options.displayMode === 'lcd' ? 2 : 10;
  const orientation = options.orientation ?? 'auto';
  const manual = options.sizing === 'manual' ? orientation : '';
  return (
    <VizRepeater
      getValues={figures(props, options.reduceOptions, theme)}
      getAlignmentFactors={factors}
      renderValue={({ value, width, height, alignmentFactors, orientation, count }) => (
        <BarGauge
          className="tile"
          value={value.display}
          width={width}
          height={height}
          orientation={orientation}
          field={value.field}
          text={options.text}
          display={value.view?.getFieldDisplayProcessor(value.colIndex)}
          theme={theme}
          itemSpacing={spacing}
          displayMode={options.displayMode}
          alignmentFactors={count > 1 ? alignmentFactors : undefined}
          showUnfilled={options.showUnfilled}
          valueDisplayMode={options.valueMode}
          namePlacement={options.namePlacement}
        />
      )}
      width={props.width}
      height={props.height}
      source={props.frames}
      itemSpacing={spacing}
      renderCounter={0}
      orientation={orientation}
      minVizWidth={manual === 'vertical' ? options.minVizWidth : 8}
      minVizHeight={manual === 'horizontal' ? options.minVizHeight : 16}
      maxVizHeight={manual === 'horizontal' ? options.maxVizHeight : 300}
    />
  );
}

function Table({ panel, frames, fieldConfig, width, height, timeRange }) {
  const { options } = panel;
  const frame = frames[options.frameIndex ?? 0];
  if (!frame?.fields.length) return <NoData text={fieldConfig.defaults.noValue} />;
  return (
    <TableNG
      width={width}
      height={height}
      data={frame}
      noHeader={!options.showHeader}
      showTypeIcons={options.showTypeIcons}
      resizable
      sortBy={options.sortBy}
      cellHeight={options.cellHeight}
      frozenColumns={options.frozenColumns?.left}
      maxRowHeight={options.maxRowHeight}
      timeRange={timeRange}
      fieldConfig={fieldConfig}
      noValue={fieldConfig.defaults.noValue}
      structureRev={1}
    />
  );
}

function Graph({ panel, frames, fieldConfig, width, height, timeRange, timeZone }) {
  if (!frames.length) return <NoData text={fieldConfig.defaults.noValue} />;
  return (
    <TimeSeries
      frames={frames}
      structureRev={1}
      width={width}
      height={height}
      timeRange={timeRange}
      timeZone={timeZone}
      legend={panel.options.legend}
      options={panel.options}
    />
  );
}

const NoData = ({ text = 'No data' }) => (
  <div style={{ display: 'flex', height: '100%', alignItems: 'center', justifyContent: 'center' }}>{text}</div>
);

export const panels = {
  bargauge: { Drawing: Bars, padding: 'md' },
  stat: { Drawing: Stat, padding: 'none' },
  table: { Drawing: Table, padding: 'none' },
  timeseries: { Drawing: Graph, padding: 'md' },
};
