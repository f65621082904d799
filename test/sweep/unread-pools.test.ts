import { expect, test } from 'vitest';
import type { Invocation } from '#lib/handler/invocation';
import { createLogger } from '#lib/log';
import { unreadPools } from '#lib/sweep/unread-pools';
import { openConsole } from '../console/console-door.ts';
import { apiError, createBench, firing, nodeName, POOL, RULES } from '../remediation/bench.ts';
import { runSweep, sweepTwice } from './mortal.ts';

const MINUTE = 60_000;

const TWO_POOLS = RULES.replace('rules:\n', '  train-b: { id: pool-b }\nrules:\n');

const readingsOf = ({ requests }: ReturnType<typeof createBench>) =>
  requests.filter(({ endpoint }) => endpoint === 'listPoolNodes').length;

const incidentsOf = ({ notices }: ReturnType<typeof createBench>) =>
  notices.filter(({ kind }) => kind === 'incident').map(({ incident, at }) => ({ incident, at }));

async function viewOf(bench: ReturnType<typeof createBench>) {
  return (await openConsole(bench)('GET /pools/{pool}', { path: { pool: POOL } })).body;
}

function failingApi(bench: ReturnType<typeof createBench>): void {
  bench.api.before = (endpoint) => {
    throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 503, code: 'ModelArts.0001' });
  };
}

test('reads a pool that no function has read for five minutes, and no other', async () => {
  const bench = createBench();
  await sweepTwice(bench);
  expect(readingsOf(bench)).toBe(1);
  expect((await viewOf(bench)).nodes).toMatchObject({ total: 120, states: { out: 120 } });

  bench.stand(4 * MINUTE);
  await bench.receive(firing(nodeName(1), { alertname: 'Watched' }));
  await bench.advance(5_000);
  expect(readingsOf(bench)).toBe(2);
  bench.stand(4 * MINUTE);
  await runSweep(bench);
  expect(readingsOf(bench)).toBe(2);

  bench.stand(MINUTE);
  for (const node of bench.nodes.values()) node.phase = 'Available';
  await sweepTwice(bench);
  expect(readingsOf(bench)).toBe(3);
  expect((await viewOf(bench)).nodes).toMatchObject({ states: { well: 120, out: 0 } });
});

test('tells people once of a pool that cannot be read for fifteen minutes, and once of the end', async () => {
  const bench = createBench();
  await runSweep(bench);
  failingApi(bench);
  const { before } = bench.api;
  for (const minutes of [5, 10, 15]) {
    bench.stand(5 * MINUTE);
    await sweepTwice(bench);
    expect(incidentsOf(bench), `after ${minutes} minutes`).toEqual([]);
  }
  bench.stand(5 * MINUTE);
  await sweepTwice(bench);
  bench.stand(5 * MINUTE);
  await sweepTwice(bench);
  const begun = { incident: 'not-readable', at: '2026-11-20T10:05:00.000Z' };
  expect(incidentsOf(bench)).toEqual([begun]);
  expect(bench.notices[0].why).toContain('503 ModelArts.0001');
  expect(await viewOf(bench)).toMatchObject({
    failing: { since: begun.at },
    nodes: { states: { unknown: 120 } },
  });

  bench.api.before = () => {};
  bench.stand(5 * MINUTE);
  await sweepTwice(bench);
  bench.stand(5 * MINUTE);
  await sweepTwice(bench);
  const over = { incident: 'readable-again', at: '2026-11-20T10:30:00.000Z' };
  expect(incidentsOf(bench)).toEqual([begun, over]);
  expect(await viewOf(bench)).not.toHaveProperty('failing');

  // A second failure is a second incident.
  bench.api.before = before;
  for (let run = 0; run < 5; run += 1) {
    bench.stand(5 * MINUTE);
    await sweepTwice(bench);
  }
  expect(incidentsOf(bench).map(({ incident }) => incident)).toEqual([
    'not-readable',
    'readable-again',
    'not-readable',
  ]);
});

test('a failure that was over before people heard of it is no incident', async () => {
  const bench = createBench();
  await runSweep(bench);
  failingApi(bench);
  bench.stand(5 * MINUTE);
  await runSweep(bench);
  bench.api.before = () => {};
  for (let run = 0; run < 5; run += 1) {
    bench.stand(5 * MINUTE);
    await runSweep(bench);
  }
  expect(incidentsOf(bench)).toEqual([]);
});

test('a notice whose record was lost is sent again under the same id', async () => {
  const bench = createBench();
  failingApi(bench);
  await runSweep(bench);
  bench.stand(15 * MINUTE);
  const { put } = bench.store;
  bench.store.put = () => Promise.reject(new Error('killed'));
  await expect(runSweep(bench)).rejects.toThrow('2 things could not be swept up');
  bench.store.put = put;
  await sweepTwice(bench);
  const begun = { incident: 'not-readable', at: '2026-11-20T10:00:00.000Z' };
  expect(incidentsOf(bench)).toEqual([begun, begun]);
});

test('a pool that cannot be read fails no sweep, and keeps no other pool from being read', async () => {
  const bench = createBench(TWO_POOLS);
  const lines: string[] = [];
  await runSweep(bench, (line) => lines.push(line));
  const { body } = await openConsole(bench)('GET /pools');
  expect(body.pools).toMatchObject([
    { name: 'train-a', nodes: { total: 120 } },
    { name: 'train-b', nodes: { total: 0 }, failing: { why: expect.stringContaining('pool not found') } },
  ]);
  expect(lines.find((line) => line.includes('"swept"'))).toContain('"not readable":1');
});

test('reads nothing when its time is over, and says so', async () => {
  const bench = createBench(TWO_POOLS);
  const invocation: Invocation = {
    ...bench.invocation(),
    log: createLogger({}, { write: () => {} }),
    deadlineMs: bench.now(),
  };
  expect(await unreadPools(bench.services, invocation)).toMatchObject({ looked: 0, incomplete: true });
  expect(readingsOf(bench)).toBe(0);
});
