import { describe, expect, test } from 'vitest';
import { createDocument } from '#lib/ledger/change';
import { remediationsOf } from '#lib/ledger/listing/listing';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import { createBench, firing, nodeName, POOL } from '#test/remediation/bench';
import { openedAt } from '#test/remediation/in-state';
import { openConsole } from './console-door.ts';

const MINUTE = 60_000;

type Bench = ReturnType<typeof createBench>;

const statsOf = async (bench: Bench, query: Record<string, string> = {}) =>
  (await openConsole(bench)('GET /stats', { query })).body;

/** A node is reset after its alert, and is well after five minutes. */
async function resetOnce(bench: Bench, index: number, job: string): Promise<void> {
  await bench.receive(firing(nodeName(index)));
  await bench.advance(5_000);
  bench.endJob(job);
  await bench.advance(5 * MINUTE);
}

describe('statistics', () => {
  test('count outcomes, and measure from the beginning of the alert', async () => {
    const bench = createBench();
    await resetOnce(bench, 1, 'job-1');
    const { groups, ...covered } = await statsOf(bench);
    expect(covered).toMatchObject({ by: 'rule' });
    expect(covered).not.toHaveProperty('truncated');
    const [remediation] = bench.remediations();
    expect(groups).toMatchObject([
      {
        key: remediation!.rule,
        total: 1,
        outcomes: { succeeded: 1 },
        helpedAtRung: { 1: 1 },
        resolvedByItself: 0,
      },
    ]);
    const { toDecision, toCall, toHealthy } = groups[0].seconds;
    expect(toDecision.p50).toBeLessThanOrEqual(toCall.p50);
    expect(toCall.p50).toBeLessThan(toHealthy.p50);
    const began = Date.parse(remediation!.alerts[0]!.startsAt);
    expect(toHealthy).toEqual({
      count: 1,
      p50: (Date.parse(remediation!.stateSince!) - began) / 1000,
      p95: (Date.parse(remediation!.stateSince!) - began) / 1000,
    });
  });

  test.each([
    ['action', 'reset-nodes'],
    ['pool', 'train-a'],
    ['day', '2026-11-20'],
  ])('group by %s', async (by, key) => {
    const bench = createBench();
    await resetOnce(bench, 1, 'job-1');
    expect((await statsOf(bench, { by })).groups).toMatchObject([{ key, total: 1 }]);
  });

  test('hold a command without a rule apart', async () => {
    const bench = createBench();
    await store(bench, openedAt('2026-11-20T10:00:00.000Z', { id: 'c1', pool: POOL }));
    const { groups } = await statsOf(bench, { since: '2026-11-20T00:00:00Z', until: '2026-11-21T00:00:00Z' });
    expect(groups).toMatchObject([{ key: null, total: 1, seconds: {} }]);
  });

  test('count an alert that resolved before its call', async () => {
    const bench = createBench();
    const ended = openedAt('2026-11-20T10:00:00.000Z', {
      state: 'skipped',
      id: 'r1',
      pool: POOL,
      alerts: [{ fingerprint: 'f1', startsAt: '2026-11-20T09:59:00.000Z' }],
      resolvedAlerts: { f1: '2026-11-20T10:01:00.000Z' },
    });
    await store(bench, ended);
    await store(bench, { ...ended, id: 'r2', resolvedAlerts: {} });
    expect(
      (await statsOf(bench, { since: '2026-11-20T00:00:00Z', until: '2026-11-21T00:00:00Z' })).groups,
    ).toMatchObject([{ total: 2, outcomes: { skipped: 2 }, resolvedByItself: 1 }]);
  });

  test('are the same again while nothing happens', async () => {
    const bench = createBench();
    await resetOnce(bench, 1, 'job-1');
    const first = await statsOf(bench);
    await bench.advance(MINUTE);
    expect(await statsOf(bench)).toEqual(first);
  });

  test('end at a bound, and say how far they reach', async () => {
    const bench = createBench();
    for (let index = 0; index < 250; index += 1) {
      const at = new Date(Date.UTC(2026, 10, 20) + index * 1000).toISOString();
      await store(bench, openedAt(at, { id: `r${index}`, pool: POOL }));
    }
    const period = { since: '2026-11-20T00:00:00.000Z', until: '2026-11-21T00:00:00.000Z' };
    const { clock, store: table } = bench.services;
    const all = await remediationsOf(table, period, clock);
    expect(all.remediations).toHaveLength(250);
    expect(all).not.toHaveProperty('readTo');
    const enough = await remediationsOf(table, period, clock, 150);
    expect(enough.remediations).toHaveLength(200);
    expect(enough.readTo).toBe('2026-11-20T00:00:50.000Z');
    const slow = { ...clock, now: () => clock.now() + (slow.calls += 3_000), calls: 0 };
    const late = await remediationsOf(table, period, slow);
    expect(late).toMatchObject({ readTo: '2026-11-20T00:00:50.000Z' });

    const { groups, truncated, since } = await statsOf(bench, period);
    expect({ total: groups[0].total, truncated, since }).toEqual({
      total: 250,
      truncated: undefined,
      since: period.since,
    });
  });

  test.each([
    [{ by: 'node' }, 400],
    [{ since: 'soon' }, 400],
    [{ pool: 'none' }, 404],
    [{ days: '3' }, 400],
  ])('refuse %j', async (query, status) => {
    expect((await openConsole(createBench())('GET /stats', { query })).status).toBe(status);
  });
});

async function store({ store: table }: Bench, remediation: Remediation): Promise<void> {
  await createDocument(table, remediationKind, remediationKey(remediation.id), remediation);
}
