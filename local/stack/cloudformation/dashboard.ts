import type { Metric } from '#lib/metrics/metric';
import { metricAlarms } from '../alarms.ts';
import { named } from '../names.ts';
import { type Panel, panels } from '../panels.ts';
import { type Resources, STAGE, substituted } from './resource.ts';

/** In columns; a dashboard has 24. */
const WIDTH = 8;
const HEIGHT = 6;
const COLUMNS = 24;

const PERIOD_SECONDS = 300;

/** The dashboard of CloudWatch: the alarms on metrics, and every diagram of `panels.ts`. */
export function dashboardResources(): Resources {
  const alarms = metricAlarms.map(
    ({ name }) =>
      `arn:\${AWS::Partition}:cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:${named(STAGE, name)}`,
  );
  const head = {
    type: 'alarm',
    x: 0,
    y: 0,
    width: COLUMNS,
    height: 3,
    properties: { title: 'Alarms', alarms },
  };
  const body = { widgets: [head, ...panels.map(widget)] };
  return {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: { DashboardName: named(STAGE), DashboardBody: substituted(JSON.stringify(body)) },
    },
  };
}

function widget(panel: Panel, index: number) {
  const perRow = COLUMNS / WIDTH;
  return {
    type: 'metric',
    x: (index % perRow) * WIDTH,
    y: 3 + Math.floor(index / perRow) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: {
      title: panel.title,
      region: '${AWS::Region}',
      view: 'timeSeries',
      period: PERIOD_SECONDS,
      metrics: panel.metrics.flatMap((metric, at) => seriesOf(metric, panel.by, at)),
    },
  };
}

function seriesOf(metric: Metric, by: readonly string[], at: number): unknown[] {
  const { name } = metric;
  const stat = statisticOf(metric);
  if (by.length === 0) return [[named(STAGE), name, { stat }]];
  const schema = [named(STAGE), ...by].map((part) => `"${part}"`).join(',');
  const expression = `SEARCH('{${schema}} MetricName="${name}"', '${stat}', ${PERIOD_SECONDS})`;
  return [[{ expression, id: `e${at}`, label: '' }]];
}

function statisticOf({ kind }: Metric): string {
  return kind === 'counter' ? 'Sum' : 'Maximum';
}
