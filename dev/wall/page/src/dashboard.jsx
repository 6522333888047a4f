// A dashboard's panels on Grafana's grid, each with its answers.
import { applyFieldOverrides, cacheFieldDisplayNames, dateTime, LoadingState, transformDataFrame } from '@grafana/data';
import { PanelChrome, useTheme2 } from '@grafana/ui';
import { Component, useEffect, useState } from 'react';
import { framesOf } from './frames.js';
import { panels } from './panels.jsx';
import { registryOf } from './registries.js';

// @grafana/scenes, SceneGridLayout: cells of 30 px, 8 px apart, in a page of 16 px padding.
const CELL = 30, GAP = 8, COLUMNS = 24, PADDING = 16;

export function Dashboard({ dashboard, data, onDrawn }) {
  const theme = useTheme2();
  const column = (window.innerWidth - 2 * PADDING - GAP * (COLUMNS - 1)) / COLUMNS;
  const boxOf = ({ x, y, w, h }) => ({
    left: Math.round(PADDING + x * (column + GAP)),
    top: Math.round(PADDING + y * (CELL + GAP)),
    width: Math.round(w * column + (w - 1) * GAP),
    height: h * CELL + (h - 1) * GAP,
  });
  const rows = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  const height = Math.max(window.innerHeight, rows * (CELL + GAP) - GAP + 2 * PADDING);
  const from = dateTime(data.from * 1000);
  const to = dateTime(data.to * 1000);
  const timeRange = { from, to, raw: { from, to } };
  // Grafana's own default, and the browser's, are of one machine: here they are UTC.
  const timeZone = !dashboard.timezone || dashboard.timezone === 'browser' ? 'utc' : dashboard.timezone;
  return (
    <main style={{ position: 'relative', height, background: theme.colors.background.canvas }}>
      {dashboard.panels.map((panel) => {
        const box = boxOf(panel.gridPos);
        return (
          <div key={panel.id} data-panel={panel.id} style={{ position: 'absolute', ...box }}>
            {panel.type === 'row' ? (
              <Row {...{ panel, onDrawn }} />
            ) : (
              <Panel {...{ panel, box, timeRange, timeZone, onDrawn }} answers={data.answers[panel.id] ?? {}} />
            )}
          </div>
        );
      })}
    </main>
  );
}

// What Grafana takes where a panel says nothing of its own.
const unsaid = (type) => ({
  color: { mode: type === 'timeseries' ? 'palette-classic' : 'thresholds' },
  thresholds: {
    mode: 'absolute',
    steps: [
      { value: -Infinity, color: 'green' },
      { value: 80, color: 'red' },
    ],
  },
});

function Row({ panel, onDrawn }) {
  useEffect(onDrawn, []);
  return <h2 style={{ fontSize: 18, margin: 0 }}>{panel.title}</h2>;
}

function Panel({ panel, answers, box, timeRange, timeZone, onDrawn }) {
  const theme = useTheme2();
  const [frames, setFrames] = useState();
  const [fieldConfig] = useState({
    ...panel.fieldConfig,
    defaults: { ...unsaid(panel.type), ...panel.fieldConfig.defaults },
  });
  const { Drawing = NotDrawn, padding } = panels[panel.type] ?? {};
  useEffect(() => {
    const context = { interpolate: (text) => text };
    const steps = (panel.transformations ?? []).filter((step) => !step.disabled);
    const subscription = transformDataFrame(steps, framesOf(panel, answers), context).subscribe((transformed) => {
      const data = applyFieldOverrides({
        data: transformed,
        fieldConfig,
        theme,
        timeZone,
        replaceVariables: (text) => text,
        fieldConfigRegistry: registryOf(panel.type),
      });
      cacheFieldDisplayNames(data);
      setFrames(data);
    });
    return () => subscription.unsubscribe();
  }, []);
  useEffect(() => {
    if (frames) onDrawn();
  }, [frames]);
  return (
    <PanelChrome
      width={box.width}
      height={box.height}
      title={panel.title}
      description={panel.description}
      padding={padding}
      hoverHeader={!panel.title}
      loadingState={LoadingState.Done}
      displayMode={panel.transparent ? 'transparent' : 'default'}
    >
      {(width, height) => (
        <Fence>
          {frames && <Drawing {...{ panel, frames, fieldConfig, width, height, timeRange, timeZone }} />}
        </Fence>
      )}
    </PanelChrome>
  );
}

function NotDrawn({ panel }) {
  throw new Error(`dev/wall draws no panels of type ${panel.type}`);
}

// A panel that fails says so where it stands; `measure` makes it a fault.
class Fence extends Component {
  state = {};
  static getDerivedStateFromError(error) {
    return { error };
  }
  render() {
    return this.state.error ? <pre data-failed>{String(this.state.error)}</pre> : this.props.children;
  }
}
