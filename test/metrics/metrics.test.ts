import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { createCounterFile } from '#lib/console/metrics';
import { allMetrics } from '#lib/metrics/all';
import { counted, embeddedLines, MAX_METRICS, MAX_VALUES } from '#lib/metrics/embedded';
import { exposition } from '#lib/metrics/exposition';
import { type Metric, prometheusName, sample } from '#lib/metrics/metric';
import * as table from '#lib/metrics/table';
import { withMetricTable } from '#local/pages/metrics';
import { countersIn, keepCounters } from '#local/start/counters';
import { everyMetric, SECRET } from './everything.ts';
import { readPrometheusText } from './prometheus-text.ts';

const metrics = Object.values(allMetrics);

let runs: Awaited<ReturnType<typeof everyMetric>>;
beforeAll(async () => {
  runs = await everyMetric();
});

/** The lines that embed a metric. */
const having = (name: string) => embedding().filter((one) => name in one);

/** The lines that embed metrics. */
const embedding = () => runs.lines.map((line) => JSON.parse(line)).filter((line) => '_aws' in line);

describe('the table of metrics', () => {
  test('has every metric that is declared, under its own name', () => {
    const declared = Object.entries(table).filter(([, one]) => 'kind' in one);
    expect(Object.fromEntries(declared)).toEqual(allMetrics);
    expect(metrics.map(({ name }) => name)).toEqual(Object.keys(allMetrics));
  });

  test.each(metrics.map((metric) => [metric.name, metric] as const))(
    '%s has names that both systems accept, and no label with many values',
    (name, metric: Metric) => {
      expect(name).toMatch(/^[A-Z][A-Za-z]{2,60}$/);
      expect(prometheusName(metric)).toMatch(/^poolkeeper_[a-z][a-z_]*$/);
      // Neither a node, nor an alert, nor an id.
      const few = ['source', 'door', 'status', 'state', 'action', 'pool', 'reason', 'answer', 'outcome'];
      for (const label of metric.labels) expect([...few, 'receiver', 'queue']).toContain(label);
      for (const set of metric.dimensions) expect(metric.labels).toEqual(expect.arrayContaining([...set]));
      expect(metric.dimensions.length).toBeGreaterThan(0);
      expect(metric.help).toMatch(/^[A-Z1].*[^.\s]$/);
      // Only states have ages, and only the state of a quiet system costs nothing.
      if (metric.isAge || metric.isQuiet) expect(metric.kind).toBe('gauge');
      if (metric.isAge) expect(metric.unit).toBe('Seconds');
    },
  );

  test('is on its page', async () => {
    const page = await readFile(new URL('../../docs/operate/metrics.md', import.meta.url), 'utf8');
    expect(withMetricTable(page)).toBe(page);
    for (const metric of metrics) expect(page).toContain(`\`${prometheusName(metric)}\``);
  });
});

describe('a log line', () => {
  /** docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
  const Embedded = z.strictObject({
    Timestamp: z.int().min(Date.parse('2026-01-01')),
    CloudWatchMetrics: z
      .array(
        z.strictObject({
          Namespace: z.string().min(1).max(255),
          Dimensions: z.array(z.array(z.string().min(1).max(255)).max(9)).min(1),
          Metrics: z
            .array(z.strictObject({ Name: z.string().min(1).max(255), Unit: z.enum(['Count', 'Seconds']) }))
            .min(1)
            .max(MAX_METRICS),
        }),
      )
      .min(1),
  });

  test('has the format of CloudWatch, and all that it refers to', () => {
    expect(embedding().length).toBeGreaterThan(20);
    for (const { _aws, ...line } of embedding()) {
      const { CloudWatchMetrics } = Embedded.parse(_aws);
      for (const { Dimensions, Metrics } of CloudWatchMetrics) {
        for (const label of Dimensions.flat()) expect(line[label]).toEqual(expect.any(String));
        for (const { Name } of Metrics) {
          const values = [line[Name]].flat();
          expect(values.length).toBeLessThanOrEqual(MAX_VALUES);
          for (const value of values) expect(value).toEqual(expect.any(Number));
          expect(Dimensions).toEqual(allMetrics[Name]?.dimensions);
        }
      }
    }
  });

  test('is written for every metric of the table, by the code that sees it happen', () => {
    const written = embedding().flatMap(({ _aws }) =>
      _aws.CloudWatchMetrics.flatMap(({ Metrics }: any) => Metrics.map(({ Name }: any) => Name)),
    );
    // A quiet state is only in the ledger.
    const quiet = metrics.filter(({ isQuiet }) => isQuiet).map(({ name }) => name);
    expect([...new Set([...written, ...quiet])].sort()).toEqual(Object.keys(allMetrics).sort());
  });

  test('has no secret, and no node in a dimension', () => {
    for (const line of runs.lines) expect(line).not.toContain(SECRET);
    for (const { _aws, ...line } of embedding()) {
      const dimensions = _aws.CloudWatchMetrics.flatMap(({ Dimensions }: any) => Dimensions.flat());
      for (const name of dimensions) expect(line[name]).not.toMatch(/os-node|10\.\d+\.|^[0-9a-f-]{20,}$/);
    }
  });

  test('says how a remediation ended, what was deferred and why, and how a call was answered', () => {
    expect(having('Outcomes')).toContainEqual(
      expect.objectContaining({ state: 'succeeded', action: 'reset-nodes', pool: 'train-a', Outcomes: 1 }),
    );
    expect(having('Deferrals')).toContainEqual(
      expect.objectContaining({ reason: 'budget-per-day', pool: 'train-a' }),
    );
    expect(having('Calls').map(({ answer }) => answer)).toEqual(['accepted', 'lost']);
    expect(having('AlertsReceived')[0]).toMatchObject({ AlertsReceived: 2, source: 'alertmanager' });
  });

  test('leaves out zeros of states that are mostly quiet, and has samples of the same labels together', () => {
    const lines = embeddedLines(
      [
        sample(table.Storm, 0, { pool: 'a' }),
        sample(table.NodesOut, 0, { pool: 'a' }),
        sample(table.BudgetLimit, 2, { pool: 'a' }),
        sample(table.NodesOut, 1, { pool: 'b' }),
      ],
      1,
    );
    expect(lines).toMatchObject([
      { pool: 'a', NodesOut: 0, BudgetLimit: 2 },
      { pool: 'b', NodesOut: 1 },
    ]);
    expect(JSON.stringify(lines)).not.toContain('Storm');
  });
});

describe('GET /metrics', () => {
  test('has the gauges of the last sweep as Prometheus reads them', async () => {
    const { status, body, headers } = await runs.ask('GET /metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const { samples, types } = readPrometheusText(body);
    const gauges = metrics.filter(({ kind }) => kind === 'gauge').map(prometheusName);
    expect([...types.keys()].sort()).toEqual(gauges.sort());
    expect(samples).toContainEqual({
      name: 'poolkeeper_budget_limit',
      labels: { pool: 'train-a' },
      value: 120,
    });
    expect(samples).toContainEqual({
      name: 'poolkeeper_dead_letters',
      labels: { queue: 'poll-jobs' },
      value: 1,
    });
    expect(body).not.toMatch(/os-node|token/);
  });

  test('lets ages grow between two sweeps, and nothing else', async () => {
    const read = async () => readPrometheusText((await runs.ask('GET /metrics')).body).samples;
    const before = await read();
    runs.bench.stand(90_000);
    const after = await read();
    for (const [index, { name, value }] of before.entries())
      expect(after[index]?.value).toBe(
        name.endsWith('_age_seconds') || name.includes('oldest') ? value + 90 : value,
      );
    expect(after.some(({ name }) => name === 'poolkeeper_sweep_age_seconds')).toBe(true);
  });

  test('needs the role read, and answers nothing but its content before the first sweep', async () => {
    expect((await runs.ask('GET /metrics', { token: null })).status).toBe(401);
  });
});

describe('the text for Prometheus', () => {
  test('escapes what a name may have', () => {
    const labels = { pool: 'a"b\\c\nd' };
    const text = exposition([{ metric: table.NodesOut, labels, value: 1 }]);
    expect(readPrometheusText(text).samples).toEqual([{ name: 'poolkeeper_nodes_out', labels, value: 1 }]);
  });

  test('has the sum and the number of a summary', () => {
    const text = exposition([{ metric: table.PollDelay, labels: {}, value: 7.5, count: 3 }]);
    expect(readPrometheusText(text).samples).toEqual([
      { name: 'poolkeeper_poll_delay_seconds_count', labels: {}, value: 3 },
      { name: 'poolkeeper_poll_delay_seconds_sum', labels: {}, value: 7.5 },
    ]);
  });
});

async function inFolder(use: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-counters-'));
  try {
    await use(path.join(folder, 'counters.json'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A log line that counts received alerts. */
const line = (count: number, source: string) =>
  JSON.stringify({ level: 'info', ...counted(table.AlertsReceived, count, { source }, 1) });

describe('the counters of a machine', () => {
  test('add up the log lines of functions, by their labels, and go on after a restart', async () => {
    await inFolder(async (file) => {
      const warnings: string[] = [];
      const options = { keep: true, onWarning: (warning: string) => warnings.push(warning) };
      for (const counts of [[2, 3], [5]]) {
        await using counters = await keepCounters(file, options);
        for (const count of counts) counters.take(line(count, 'alertmanager'));
        counters.take(line(1, 'smn'));
        counters.take('no JSON with "_aws"');
        counters.take(JSON.stringify(embeddedLines([sample(table.SweepAge, 0, {})], 1)[0]));
      }
      expect(await createCounterFile(file)()).toEqual([
        { name: 'AlertsReceived', labels: { source: 'alertmanager' }, value: 10, count: 3 },
        { name: 'AlertsReceived', labels: { source: 'smn' }, value: 2, count: 2 },
      ]);
      expect(warnings).toEqual([]);
    });
  });

  test('begin at zero for a run that keeps nothing, or with a file that cannot be read', async () => {
    await inFolder(async (file) => {
      const warnings: string[] = [];
      const onWarning = (warning: string) => void warnings.push(warning);
      await writeFile(file, '{ "version": 2 }');
      await (await keepCounters(file, { keep: false, onWarning }))[Symbol.asyncDispose]();
      expect(warnings).toEqual([]);
      await writeFile(file, '{ "version": 2 }');
      await (await keepCounters(file, { keep: true, onWarning }))[Symbol.asyncDispose]();
      expect(warnings).toHaveLength(1);
      expect(await createCounterFile(file)()).toEqual([]);
    });
  });

  test('are none where there is no file: on AWS, and before the first count', async () => {
    expect(await createCounterFile(undefined)()).toEqual([]);
    expect(await createCounterFile('/nowhere/counters.json')()).toEqual([]);
  });

  test('are read from all that the runs have counted', () => {
    const names = new Set(runs.lines.flatMap(countersIn).map(({ name }) => name));
    const counters = metrics.filter(({ kind }) => kind !== 'gauge').map(({ name }) => name);
    expect([...names].sort()).toEqual(counters.sort());
  });
});
