import { describe, expect, test } from 'vitest';
import { HttpProblem } from '#lib/handler/problem';
import { recordRefusals } from '#lib/journal/record-refusal';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { createLogger } from '#lib/log';
import { apiError, firing, nodeName } from '#test/remediation/bench';
import { meteredBench } from './metered-bench.ts';
import { meteredStore } from './metered-store.ts';

const MINUTE = 60_000;

const unknown = (index: number) => firing(nodeName(index), { alertname: 'NobodyAsks' });

/** The requests for the workloads of a pool in which none ever ran. */
const aboutWorkloads = ({ requests }: ReturnType<typeof meteredBench>): number =>
  requests.filter(({ endpoint }) => /workload/i.test(endpoint)).length;

/** The present limits are what is charged today: lower one with every change that saves something. */
describe('DynamoDB charges at most', () => {
  test('43 write units and 23 read units for one remediation alone, from its alert to its healthy node', async () => {
    const bench = meteredBench();
    await bench.receive(firing(nodeName(1)));
    // Alert, history, state, and the journal.
    expect(bench.meter.writeUnits).toBeLessThanOrEqual(9);
    await bench.advance(5_000);
    // Judged, claimed, called and accepted; and the first snapshot of the pool, with its nodes.
    expect(bench.meter.writeUnits).toBeLessThanOrEqual(27);
    await bench.advance(6 * MINUTE);
    bench.endJob('job-1');
    await bench.advance(MINUTE);
    expect(bench.remediations()[0]).toMatchObject({ state: 'succeeded' });

    expect(aboutWorkloads(bench)).toBeLessThanOrEqual(14);
    const { meter } = bench;
    expect(meter.writeUnits).toBeLessThanOrEqual(43);
    expect(meter.indexUnits).toBeLessThanOrEqual(11);
    expect(meter.readUnits).toBeLessThanOrEqual(23);
    expect(meter.puts + meter.gets + meter.queries).toBeLessThanOrEqual(41);
    expect(meter.gets + meter.keys + meter.queries).toBeLessThanOrEqual(23);
    const most = {
      remediation: 13,
      'remediation receipts': 5,
      call: 10,
      pool: 4,
      node: 2,
      job: 1,
      snapshot: 3,
    };
    for (const [kind, units] of Object.entries(most))
      expect(meter.byKind[kind], kind).toBeLessThanOrEqual(units);
  });

  test('28 write units and 14 read units for each of 100 remediations of one delivery', async () => {
    const bench = meteredBench();
    await bench.receive(...Array.from({ length: 100 }, (_, index) => firing(nodeName(index + 1))));
    await bench.advance(3 * MINUTE);
    for (const { jobId } of bench.jobs) bench.endJob(jobId);
    await bench.advance(2 * MINUTE);
    expect(bench.remediations().filter(({ state }) => state === 'succeeded')).toHaveLength(100);
    expect(bench.meter.writeUnits / 100).toBeLessThanOrEqual(28);
    expect(bench.meter.readUnits / 100).toBeLessThanOrEqual(14);
  });

  test('53 write units and 31 read units for each of 600 remediations an hour in a pool of a thousand nodes', async () => {
    const bench = meteredBench(1_000);
    const total = 120;
    const ends: { jobId: string; atMs: number }[] = [];
    for (let index = 1; index <= 2 * total; index += 1) {
      const startsAt = new Date(bench.now() - 30_000).toISOString();
      if (index <= total) await bench.receive(firing(nodeName(index), { startsAt }));
      await bench.advance(6_000, 3_000);
      for (const { jobId } of bench.jobs.slice(ends.length))
        ends.push({ jobId, atMs: bench.now() + 6 * MINUTE });
      for (const { jobId } of ends.filter(({ atMs }) => atMs <= bench.now() && atMs > bench.now() - 6_000))
        bench.endJob(jobId);
    }
    expect(bench.remediations().filter(({ state }) => state === 'succeeded')).toHaveLength(total);
    expect(bench.meter.writeUnits / total).toBeLessThanOrEqual(53);
    expect(bench.meter.readUnits / total).toBeLessThanOrEqual(31);
    expect(aboutWorkloads(bench) / total).toBeLessThanOrEqual(6.1);
  });

  test('5 requests for an alert that opens a remediation, and 2.2 for each of a hundred in one delivery', async () => {
    const bench = meteredBench();
    await bench.receive(firing(nodeName(1)));
    // One read of the alert, the writes of remediation, alert and history, and the journal.
    expect(bench.meter.requests).toBeLessThanOrEqual(5);
    const before = bench.meter.requests;
    const hundred = Array.from({ length: 100 }, (_, index) => firing(nodeName(index + 2)));
    const { remediations } = await bench.receive(...hundred);
    expect(remediations).toHaveLength(100);
    expect((bench.meter.requests - before) / 100).toBeLessThanOrEqual(2.2);
  });

  test('1 write of its own for the history of an address, which names the nodes that bear it', async () => {
    const bench = meteredBench();
    await bench.receive(firing('10.0.0.1'));
    expect(bench.meter.puts).toBe(3);
  });

  test('4 write units and 2 read units for an alert that is delivered again', async () => {
    const bench = meteredBench();
    await bench.receive(firing(nodeName(1)));
    await bench.advance(2 * MINUTE);
    const before = { ...bench.meter };
    await bench.receive(firing(nodeName(1)));
    expect(bench.meter.writeUnits - before.writeUnits).toBeLessThanOrEqual(4);
    expect(bench.meter.readUnits - before.readUnits).toBeLessThanOrEqual(2);
  });

  test('3 write units each time that a command is deferred, the hundredth time as the tenth', async () => {
    const bench = meteredBench();
    bench.api.before = (endpoint) => {
      throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 503 });
    };
    await bench.receive(firing(nodeName(1)));
    const deferrals = () => bench.remediations()[0]?.deferrals ?? 0;
    for (const least of [10, 100]) {
      while (deferrals() < least) {
        await bench.receive(firing(nodeName(1)));
        await bench.advance(10 * MINUTE, MINUTE);
      }
      const before = { units: bench.meter.writeUnits, deferrals: deferrals() };
      await bench.advance(20 * MINUTE, MINUTE);
      const each = (bench.meter.writeUnits - before.units) / (deferrals() - before.deferrals);
      expect(each).toBeLessThanOrEqual(3);
    }
  });

  test('3 write units for an alert without a rule, and less than 3 for each of a hundred', async () => {
    const bench = meteredBench();
    await bench.receive(unknown(1));
    expect(bench.meter.writeUnits).toBeLessThanOrEqual(3);
    const before = bench.meter.writeUnits;
    await bench.receive(...Array.from({ length: 100 }, (_, index) => unknown(index + 2)));
    expect((bench.meter.writeUnits - before) / 100).toBeLessThan(3);
  });

  test('1 write unit for a refused delivery', async () => {
    const { store, meter } = meteredStore(createMemoryStore());
    await recordRefusals(
      { source: 'alertmanager', bytes: 9_000_000 },
      { store, clock: { now: () => Date.parse('2026-11-20T10:00:00Z'), sleep: () => Promise.resolve() } },
      createLogger({}, { write: () => {} }),
      () => {
        throw new HttpProblem(413, 'Content Too Large', 'The body is too large');
      },
    ).catch(() => undefined);
    expect(meter.writeUnits).toBe(1);
  });
});
