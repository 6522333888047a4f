// What Grafana's Prometheus data source makes of Prometheus's answers.
import { FieldType, toDataFrame } from '@grafana/data';

export function framesOf(panel, answers) {
  const targets = panel.targets ?? [];
  const several = targets.filter(isTable).length > 1;
  return targets.flatMap((target) => {
    const series = answers[target.refId] ?? [];
    return isTable(target) ? [table(target, series, several)] : series.map((one) => graph(target, one));
  });
}

const isTable = (target) => target.format === 'table';

function graph(target, { metric, value, values }) {
  const points = values ?? [value];
  return toDataFrame({
    refId: target.refId,
    meta: { type: values ? 'timeseries-multi' : 'numeric-multi' },
    fields: [
      { name: 'Time', type: FieldType.time, values: points.map(([at]) => at * 1000) },
      {
        name: 'Value',
        type: FieldType.number,
        labels: metric,
        config: { displayNameFromDS: legend(target, metric) },
        values: points.map(([, figure]) => number(figure)),
      },
    ],
  });
}

function table(target, series, several) {
  if (!series.length) return toDataFrame({ refId: target.refId, fields: [] });
  const names = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].sort();
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: series.map(({ value }) => value[0] * 1000) },
      ...names.map((name) => ({
        name,
        type: FieldType.string,
        config: { filterable: true },
        values: series.map(({ metric }) => metric[name] ?? ''),
      })),
      {
        name: several ? `Value #${target.refId}` : 'Value',
        type: FieldType.number,
        values: series.map(({ value }) => number(value[1])),
      },
    ],
  });
}

function legend({ legendFormat, expr }, metric) {
  if (legendFormat && legendFormat !== '__auto')
    return legendFormat.replace(/\{\{\s*([^}\s]+)\s*\}\}/g, (_, name) => metric[name] ?? '');
  const labels = Object.entries(metric).filter(([name]) => name !== '__name__');
  return labels.length ? `{${labels.map(([name, value]) => `${name}="${value}"`).join(', ')}}` : expr;
}

const number = (text) => ({ '+Inf': Infinity, '-Inf': -Infinity })[text] ?? Number(text);
