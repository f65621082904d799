import { describe, expect, test } from 'vitest';
import { withoutBreaker } from '#lib/capacity/breaker';
import { tellEnds, tellIncidents, withEnded } from '#lib/capacity/incidents';
import { readDocument, updateDocument } from '#lib/ledger/change';
import { emptyPoolRecord, type PoolRecord, poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import { incidentTold } from '#lib/notify/body';
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
  test('leads to one notice, however many find that the notice is missing', async () => {
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

  test('leads to a notice of the sweep when its process died before the notice was sent', async () => {
    const bench = await benchWith(state);
    const away = { send: () => Promise.reject(new Error('died')) };
    const dying = tellIncidents(await bench.current(), { ...bench.services, notices: away });
    await expect(dying).rejects.toThrow('died');
    expect(isTold(await bench.current())).toBe(false);
    await bench.sweep();
    expect(bench.notices).toHaveLength(1);
    expect(isTold(await bench.current())).toBe(true);
  });

  test('leads to at most one more notice, under the same id, when its process died after the notice was sent', async () => {
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

test('a breaker that has opened anew meanwhile leads to a notice, too', async () => {
  const bench = await benchWith({ breaker });
  const found = await bench.current();
  const again = { ...breaker, openedAt: UNTIL, openUntil: '2026-11-20T11:50:00.000Z' };
  await bench.put({ breaker: again });
  await tellIncidents(found, bench.services);
  expect((await bench.current()).breaker?.told).toBe(false);
  await bench.sweep();
  expect(new Set(bench.notices.map(noticeId)).size).toBe(2);
});

test('a storm that has begun anew meanwhile leads to a notice, too, like a pool that is over its budget again', async () => {
  const bench = await benchWith({ storm, overBudget });
  const found = await bench.current();
  await bench.put({ storm: { ...storm, since: UNTIL }, overBudget: { ...overBudget, since: UNTIL } });
  await tellIncidents(found, bench.services);
  const { storm: another, overBudget: again } = await bench.current();
  expect([another?.told, again?.told]).toEqual([false, false]);
});

const endsOf = (bench: Awaited<ReturnType<typeof benchWith>>) =>
  bench.notices.filter(
    ({ incident }: any) => /over|closed|within/.test(incident) && incident !== 'over-budget',
  );

describe('the end of an incident that people know', () => {
  test('of a storm leads to one notice once it is over', async () => {
    const bench = await benchWith({ storm: { ...storm, told: true } });
    await bench.sweep();
    expect(endsOf(bench)).toEqual([]);
    bench.stand(60 * 60_000);
    await bench.sweep();
    await bench.sweep();
    expect(endsOf(bench)).toEqual([
      expect.objectContaining({ incident: 'storm-over', pool: POOL, at: UNTIL }),
    ]);
    // A later storm has an end of its own.
    const later = '2026-11-20T12:00:00.000Z';
    await bench.put({ storm: { ...storm, since: UNTIL, until: later, told: true } });
    bench.stand(2 * 60 * 60_000);
    await bench.sweep();
    expect(endsOf(bench).map(({ at }: any) => at)).toEqual([UNTIL, later]);
  });

  test('of a breaker leads to a notice when a remediation has succeeded', async () => {
    const bench = await benchWith({ breaker: { ...breaker, told: true } });
    const { breaker: _open, ...closed } = withoutBreaker(await bench.current(), bench.now());
    await bench.put({ ...closed, breaker: undefined });
    await bench.sweep();
    await bench.sweep();
    expect(endsOf(bench)).toEqual([expect.objectContaining({ incident: 'breaker-closed' })]);
  });

  test('of a pool over its budget leads to a notice when no reading has shown it for an hour', async () => {
    const told = { ...overBudget, told: true };
    const bench = await benchWith({ overBudget: { ...told, seenAt: '2026-11-20T09:55:00.000Z' } });
    await bench.sweep();
    expect(endsOf(bench)).toEqual([]);
    bench.stand(60 * 60_000);
    await bench.sweep();
    await bench.sweep();
    expect(endsOf(bench)).toEqual([expect.objectContaining({ incident: 'within-budget' })]);
    expect((await bench.current()).overBudget).toBeUndefined();
  });

  test.each<[string, Partial<PoolRecord>]>([
    ['a breaker', { breaker, ended: [{ incident: 'breaker', since: SINCE, until: UNTIL }] }],
    ['a pool', { overBudget, ended: [{ incident: 'over-budget', since: SINCE, until: UNTIL }] }],
  ])('of %s is dropped while the same is on again', async (_, state) => {
    const bench = await benchWith(state);
    await bench.sweep();
    expect(endsOf(bench)).toEqual([]);
    expect((await bench.current()).ended).toBeUndefined();
  });

  test('of the same kind is one, the last; the next sweep sends the notice of one that comes meanwhile', async () => {
    const first = { incident: 'breaker' as const, since: SINCE, until: SINCE };
    const second = { ...first, until: UNTIL };
    const bench = await benchWith({ ended: [first] });
    const found = await bench.current();
    expect(withEnded(found, second).ended).toEqual([second]);
    await bench.put({ ended: [second] });
    await tellEnds(found, bench.services);
    expect((await bench.current()).ended).toEqual([second]);
  });

  test('leads to a notice of the next sweep, under the same id, when the process died over it', async () => {
    const bench = await benchWith({ ended: [{ incident: 'breaker', since: SINCE, until: UNTIL }] });
    const store = { ...bench.store, put: () => Promise.reject(new Error('died')) };
    await expect(tellEnds(await bench.current(), { ...bench.services, store })).rejects.toThrow('died');
    await bench.sweep();
    expect(endsOf(bench)).toHaveLength(2);
    expect(new Set(endsOf(bench).map(noticeId)).size).toBe(1);
  });

  test('of an incident without a notice has no notice either', async () => {
    const bench = await benchWith({ storm: { ...storm, told: false } });
    const current = await bench.current();
    bench.stand(60 * 60_000);
    await tellEnds({ ...current, breaker, overBudget }, bench.services);
    expect(withoutBreaker({ ...current, breaker }, bench.now()).ended).toBeUndefined();
    expect(endsOf(bench)).toEqual([]);
  });
});

test.each([
  ['storm', 'storm-over'],
  ['breaker', 'breaker-closed'],
  ['over-budget', 'within-budget'],
] as const)('the end of %s is the end of the same alarm', (incident, end) => {
  const { rules } = createBench().services;
  const notice = { kind: 'incident' as const, pool: POOL, why: 'it is so', at: UNTIL };
  const opened = incidentTold({ ...notice, incident }, rules, undefined);
  const over = incidentTold({ ...notice, incident: end }, rules, undefined);
  expect(opened.message).toMatchObject({ step: 'opened', severity: 'critical' });
  expect(over.message).toMatchObject({
    step: 'over',
    severity: 'info',
    incident: opened.message.incident,
  });
  expect(over.body).toMatchObject({ incident: end, thread: opened.body.thread });
});
