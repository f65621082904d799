import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { allMetrics } from '#lib/metrics/all';
import { prometheusName } from '#lib/metrics/metric';
import { prometheusRules } from '#local/pages/alert-rules';
import { grafanaDashboard } from '#local/pages/grafana';
import { metricAlarms } from '#local/stack/alarms';
import { dashboardResources } from '#local/stack/cloudformation/dashboard';
import { panels } from '#local/stack/panels';
import { zeroCounters } from '#local/start/zero-counters';

const FOLDER = new URL('../../docs/operate/monitoring/', import.meta.url);
const textOf = (file: string) => readFileSync(new URL(file, FOLDER), 'utf8');

/** Why promtool cannot check here. Undefined: it can. */
const WITHOUT_PROMTOOL =
  spawnSync('promtool', ['--version']).status === 0
    ? undefined
    : 'promtool is not installed (Debian: apt-get install prometheus)';

/** The names of metrics in an expression, without the endings of a summary. */
const namesIn = (expression: string) =>
  Array.from(expression.matchAll(/poolkeeper_[a-z_]+/g), ([name]) => name.replace(/_(sum|count)$/, ''));

const known = Object.values(allMetrics).map(prometheusName);

describe('the diagrams of the dashboards', () => {
  test('show every metric once, by a set of its dimensions', () => {
    const shown = panels.flatMap(({ metrics }) => metrics.map(({ name }) => name));
    expect(shown.toSorted()).toEqual(Object.keys(allMetrics).toSorted());
    for (const { metrics, by } of panels)
      for (const { dimensions } of metrics) expect(dimensions).toContainEqual(by);
  });

  test('are on the dashboard of CloudWatch, below the alarms', () => {
    const { Properties } = dashboardResources()['Dashboard']!;
    const body: { 'Fn::Sub': string } = Properties['DashboardBody'] as any;
    const { widgets } = JSON.parse(body['Fn::Sub']);
    expect(widgets[0].properties.alarms).toHaveLength(metricAlarms.length);
    expect(widgets.slice(1).map(({ properties }: any) => properties.title)).toEqual(
      panels.map(({ title }) => title),
    );
    // CloudFormation puts in these alone, and the Serverless Framework the stage.
    const variables = Array.from(body['Fn::Sub'].matchAll(/\$\{([^}]+)\}/g), ([, name]) => name);
    expect([...new Set(variables)].toSorted()).toEqual([
      'AWS::AccountId',
      'AWS::Partition',
      'AWS::Region',
      'sls:stage',
    ]);
    const outcomes = widgets.find(({ properties }: any) => properties.title === 'How remediations ended');
    expect(outcomes.properties.metrics).toEqual([
      [
        {
          expression: `SEARCH('{"poolkeeper-\${sls:stage}","state"} MetricName="Outcomes"', 'Sum', 300)`,
          id: 'e0',
          label: '',
        },
      ],
    ]);
  });

  test('are on the dashboard of Grafana, each with metrics that GET /metrics has', () => {
    expect(JSON.parse(textOf('grafana.json'))).toEqual(grafanaDashboard());
    for (const { targets, id } of grafanaDashboard().panels) {
      expect(id).toBeGreaterThan(0);
      for (const { expr } of targets) for (const name of namesIn(expr)) expect(known).toContain(name);
    }
  });
});

describe('the alert rules of Prometheus', () => {
  const { groups } = parse(textOf('alerts.yml'));

  test('are the alarms on metrics, each with its section of the runbook', () => {
    expect(textOf('alerts.yml')).toBe(prometheusRules());
    expect(groups[0].rules).toHaveLength(metricAlarms.length);
    for (const { expr, annotations } of groups[0].rules) {
      for (const name of namesIn(expr)) expect(known).toContain(name);
      expect(annotations.runbook).toMatch(/^docs\/operate\/runbook\.md#[a-z-]+$/);
    }
  });

  test('are accepted by promtool', ({ skip }) => {
    skip(WITHOUT_PROMTOOL !== undefined, WITHOUT_PROMTOOL);
    const { status, stderr } = spawnSync('promtool', ['check', 'rules', 'alerts.yml'], {
      cwd: FOLDER,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('see the first event: every counter that they ask for is there before it, at zero', () => {
    const zeros = zeroCounters({ pools: [{ name: 'train-a' }, { name: 'train-b' }] as any });
    const counters = metricAlarms.filter(({ metric }) => metric.kind === 'counter');
    for (const { metric, of = {} } of counters)
      expect(zeros).toContainEqual(
        expect.objectContaining({ name: metric.name, labels: expect.objectContaining(of), value: 0 }),
      );
    expect(zeros).toContainEqual({
      name: 'Outcomes',
      labels: { state: 'needs-human', action: 'reset-nodes', pool: 'train-b' },
      value: 0,
      count: 0,
    });
    // The reasons of deferrals are not known before.
    expect(zeros.some(({ name }) => name === 'Deferrals')).toBe(false);
  });
});
