import { type Metric, prometheusName } from '#lib/metrics/metric';
import { type Panel, panels } from '#local/stack/panels';

const WIDTH = 8;
const HEIGHT = 8;
const COLUMNS = 24;

const datasource = { type: 'prometheus', uid: '${datasource}' };

/** The dashboard of Grafana over `GET /metrics`, with the same diagrams as the one of CloudWatch. A person imports it as it is. */
export function grafanaDashboard() {
  return {
    uid: 'poolkeeper',
    title: 'Poolkeeper',
    tags: ['poolkeeper'],
    schemaVersion: 39,
    editable: true,
    refresh: '1m',
    time: { from: 'now-24h', to: 'now' },
    templating: {
      list: [{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' }],
    },
    panels: panels.map(panelOf),
  };
}

function panelOf(panel: Panel, index: number) {
  const { title, metrics, by } = panel;
  const perRow = COLUMNS / WIDTH;
  return {
    id: index + 1,
    type: 'timeseries',
    title,
    description: metrics.map(({ help }) => help).join('. '),
    datasource,
    gridPos: {
      h: HEIGHT,
      w: WIDTH,
      x: (index % perRow) * WIDTH,
      y: Math.floor(index / perRow) * HEIGHT,
    },
    fieldConfig: {
      defaults: { unit: metrics[0]?.unit === 'Seconds' ? 's' : 'short', min: 0 },
      overrides: [],
    },
    targets: metrics.map((metric, at) => ({
      refId: 'ABCDEF'.charAt(at),
      datasource,
      expr: expressionOf(metric, by),
      legendFormat: legendOf(metric, panel),
    })),
  };
}

function expressionOf(metric: Metric, by: readonly string[]): string {
  const name = prometheusName(metric);
  const grouped = by.length === 0 ? '' : ` by (${by.join(', ')})`;
  switch (metric.kind) {
    case 'counter':
      return `sum${grouped} (increase(${name}[$__rate_interval]))`;
    case 'summary':
      return `sum${grouped} (increase(${name}_sum[$__rate_interval])) / sum${grouped} (increase(${name}_count[$__rate_interval]))`;
    case 'gauge':
      return `max${grouped} (${name})`;
  }
}

function legendOf(metric: Metric, { metrics, by }: Panel): string {
  const labels = by.map((label) => `{{${label}}}`).join(' ');
  return metrics.length === 1 && by.length > 0 ? labels : `${metric.name} ${labels}`.trim();
}
