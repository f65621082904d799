import { describe, expect, test } from 'vitest';
import { freeHolds, ownHolds, takeHolds, withFailure } from '#lib/capacity/holds';
import { release } from '#lib/capacity/release';
import { reportOverBudget } from '#lib/capacity/report-over-budget';
import { createDocument, readDocument } from '#lib/ledger/change';
import { nodeRecordKey, nodeRecordKind } from '#lib/ledger/node-record';
import { type PoolRecord, poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import { createBench, POOL } from '#test/remediation/bench';
import { at as inPhase } from '#test/remediation/lifecycle/in-phase';
import { at, factsOf, HOUR, held, MINUTE, NOW, poolOfNodes, record } from './pool-facts.ts';

const mine = (attempt: number) => held('r-1', { attempt });

describe('a hold', () => {
  test.each([
    [1, 2, 2],
    [2, 1, 2],
  ])('of attempt %d that attempt %d takes again is of attempt %d', (before, after, attempt) => {
    expect(
      takeHolds(record({ held: { n1: mine(before) } }), { n1: mine(after) }, NOW).held['n1'],
    ).toMatchObject({ attempt });
  });

  test('of another remediation says nothing of the attempts of this one', () => {
    const taken = takeHolds(record({ held: { n1: held('other', { attempt: 5 }) } }), { n1: mine(1) }, NOW);
    expect(taken.held['n1']?.attempt).toBe(1);
  });

  test('is released by its own attempt and by later ones', () => {
    const all = record({ held: { n0: mine(0), n1: mine(1), n2: mine(2), n3: held('other') } });
    const own = ownHolds(all, { remediation: 'r-1', attempt: 1 }, ['n0', 'n1', 'n2', 'n3', 'n4']);
    expect(own.map(([name]) => name)).toEqual(['n0', 'n1']);
  });

  test.each([
    [false, false, 0],
    [true, false, 1],
    [false, true, 1],
  ])('that is disruptive %s and leaves a history %s makes %d readings old', (disruptive, isHistory, more) => {
    const hold = held('r-1', { disruptive });
    const before = record({ held: { n1: hold }, releases: 7 });
    const freed = new Map([['n1', { result: 'released' as const, isHistory }]]);
    expect(freeHolds(before, [['n1', hold]], freed, {}, NOW).releases).toBe(7 + more);
  });
});

test('a breaker that opens again is the one that people know, since its first opening', () => {
  const rules = { breaker: { failures: 1, pauseMs: MINUTE } };
  const first = withFailure(record(), rules, NOW);
  expect(first.breaker).toMatchObject({ trips: 1, openedAt: at(0), told: false });
  const known = { ...first, breaker: { ...first.breaker!, told: true } };
  expect(withFailure(known, rules, NOW + HOUR).breaker).toMatchObject({
    trips: 2,
    openedAt: at(0),
    told: true,
  });
});

const released = async (
  remediation: Parameters<typeof release>[0],
  reason: Parameters<typeof release>[1],
  options: Parameters<typeof release>[3] = {},
  arrange: (bench: ReturnType<typeof createBench>) => unknown = () => {},
) => {
  const bench = createBench();
  const round = { rule: 'lost', root: 'r-1' };
  const hold = held('r-1', { round, attempt: 0 });
  await createDocument<PoolRecord>(bench.store, poolRecordKind, poolRecordKey(POOL), {
    ...record({ held: { n1: hold, n2: hold } }),
    pool: POOL,
  });
  await arrange(bench);
  const failure = await release(remediation, reason, bench.services, options).catch(
    (error: unknown) => error,
  );
  const history = await readDocument(bench.store, nodeRecordKind, nodeRecordKey(POOL, 'n1')).catch(
    () => undefined,
  );
  const pool = await readDocument(bench.store, poolRecordKind, poolRecordKey(POOL));
  return { left: bench.leased(), history, failures: pool?.breaker?.failures ?? 0, failure };
};

describe('a release', () => {
  const own = { pool: POOL, nodes: ['n1', 'n2'] };

  test.each([
    ['reset-nodes', 1],
    ['update-nodes', 0],
  ] as const)('after %s was refused counts %d failures', async (action, failures) => {
    const refused = inPhase('failed', { ...own, action });
    expect(await released(refused, 'refused', { targets: ['n1', 'n2'] })).toMatchObject({
      failures,
      left: [],
    });
  });

  test('of a first attempt that sent nothing is no round of its ladder', async () => {
    const undecided = inPhase('undecided', own);
    const targets = ['n1'];
    const sent = await released(undecided, 'unused', { targets });
    expect(sent.history?.rounds).toHaveLength(1);
    const unsent = await released(undecided, 'unused', { targets, isUnsent: true });
    expect(unsent.history?.rounds ?? []).toEqual([]);
  });

  test('after the end frees the skipped nodes, and leaves the rest to a person', async () => {
    const outcomes = { n1: { state: 'failed' }, n2: { state: 'skipped' } } as const;
    expect((await released(inPhase('failed', { ...own, outcomes }), 'over')).left).toEqual([]);
    expect((await released(inPhase('needs-human', { ...own, outcomes }), 'over')).left).toEqual(['n2']);
  });

  test('that cannot keep the history of one node says so, and keeps that node alone', async () => {
    const outcomes = { n1: { state: 'failed' }, n2: { state: 'failed' } } as const;
    const ended = inPhase('failed', { ...own, outcomes });
    const { left, failure } = await released(ended, 'over', {}, ({ store }) => {
      const { put } = store;
      store.put = (document, ...rest) =>
        document.pk === nodeRecordKey(POOL, 'n1').pk
          ? Promise.reject(new Error('the ledger is away'))
          : put(document, ...rest);
    });
    expect(left).toEqual(['n1']);
    expect(failure).toBeInstanceOf(Error);
  });
});

describe('a pool over its budget', () => {
  const nodes = poolOfNodes(4, { n1: 'Abnormal', n2: 'Abnormal', n3: 'Abnormal' });
  const reported = async (releasesBefore: number, overBudget?: PoolRecord['overBudget']) => {
    const bench = createBench();
    const known = { ...record({ releases: 7, ...(overBudget && { overBudget }) }), pool: POOL };
    await createDocument<PoolRecord>(bench.store, poolRecordKind, poolRecordKey(POOL), known);
    const facts = [factsOf(nodes, { poolRecord: known, releasesBefore })];
    await reportOverBudget(POOL, { facts, isWaiting: true }, known, bench.services);
    return (await readDocument(bench.store, poolRecordKind, poolRecordKey(POOL)))?.overBudget;
  };

  test('is one by a reading after the last release alone', async () => {
    expect(await reported(7)).toMatchObject({ since: at(0) });
    expect(await reported(6)).toBeUndefined();
  });

  test.each([
    [59, -2 * HOUR],
    [60, 0],
  ])('that was seen %d minutes ago is one since %d', async (minutes, since) => {
    const before = {
      since: at(-2 * HOUR),
      seenAt: at(-minutes * MINUTE),
      told: true,
      unavailable: 3,
      limit: 1,
    };
    expect(await reported(7, before)).toMatchObject({ since: at(since) });
  });
});
