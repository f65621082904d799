import { describe, expect, test } from 'vitest';
import { tellIncidents } from '#lib/capacity/incidents';
import { readDocument, updateDocument } from '#lib/ledger/change';
import { emptyPoolRecord, type PoolRecord, poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import { noticeId } from '#lib/notify/entry';
import { forgottenHolds } from '#lib/sweep/forgotten-holds';
import { createBench, POOL } from '#test/remediation/bench';

const SINCE = '2026-11-20T09:50:00.000Z';
const UNTIL = '2026-11-20T10:50:00.000Z';
const storm = { since: SINCE, until: UNTIL, nodes: 40, told: false };
const breaker = { failures: 5, trips: 1, openedAt: SINCE, openUntil: UNTIL, told: false };
const overBudget = { since: SINCE, seenAt: SINCE, unavailable: 9, limit: 2, told: false };

const incidents: [string, Partial<PoolRecord>][] = [
  ['a storm', { storm }],
  ['an open breaker', { breaker }],
  ['a pool over its budget', { overBudget }],
];

async function benchWith(state: Partial<PoolRecord>) {
  const bench = createBench();
  const put = (more: Partial<PoolRecord>) =>
    updateDocument<PoolRecord>(bench.store, poolRecordKind, poolRecordKey(POOL), (current) => ({
      ...(current ?? emptyPoolRecord(POOL, bench.now())),
      ...more,
    }));
  await put(state);
  const current = async () => (await readDocument(bench.store, poolRecordKind, poolRecordKey(POOL)))!;
  const sweep = () => forgottenHolds(bench.services, bench.invocation());
  return { ...bench, put, current, sweep };
}

const isTold = ({ storm: s, breaker: b, overBudget: o }: PoolRecord) => (s ?? b ?? o)?.told;

describe.each(incidents)('%s', (_, state) => {
  test('is told once, however many find that it has not been told', async () => {
    const bench = await benchWith(state);
    const found = await bench.current();
    await Promise.all([tellIncidents(found, bench.services), tellIncidents(found, bench.services)]);
    await bench.sweep();
    expect(new Set(bench.notices.map(noticeId)).size).toBe(1);
    expect(isTold(await bench.current())).toBe(true);
    const sent = bench.notices.length;
    await bench.sweep();
    expect(bench.notices).toHaveLength(sent);
  });

  test('is told by the sweep when its process died before the notice was sent', async () => {
    const bench = await benchWith(state);
    const away = { send: () => Promise.reject(new Error('died')) };
    const dying = tellIncidents(await bench.current(), { ...bench.services, notices: away });
    await expect(dying).rejects.toThrow('died');
    expect(isTold(await bench.current())).toBe(false);
    await bench.sweep();
    expect(bench.notices).toHaveLength(1);
    expect(isTold(await bench.current())).toBe(true);
  });

  test('is told at most once more, under the same id, when its process died after the notice was sent', async () => {
    const bench = await benchWith(state);
    const store = { ...bench.store, put: () => Promise.reject(new Error('died')) };
    const dying = tellIncidents(await bench.current(), { ...bench.services, store });
    await expect(dying).rejects.toThrow('died');
    expect(bench.notices).toHaveLength(1);
    bench.stand(5 * 60_000);
    await bench.sweep();
    await bench.sweep();
    expect(bench.notices).toHaveLength(2);
    expect(new Set(bench.notices.map(noticeId)).size).toBe(1);
  });
});

test('a breaker that has opened anew meanwhile is told of, too', async () => {
  const bench = await benchWith({ breaker });
  const found = await bench.current();
  const again = { ...breaker, openedAt: UNTIL, openUntil: '2026-11-20T11:50:00.000Z' };
  await bench.put({ breaker: again });
  await tellIncidents(found, bench.services);
  expect((await bench.current()).breaker?.told).toBe(false);
  await bench.sweep();
  expect(new Set(bench.notices.map(noticeId)).size).toBe(2);
});
