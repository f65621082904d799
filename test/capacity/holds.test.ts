import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freeHolds, ownHolds, type Result, takeHolds, withFailure } from '#lib/capacity/holds';
import type { PoolRecord } from '#lib/ledger/pool-record';
import { at, HOUR, held, MINUTE, NOW, record } from './pool-facts.ts';

const RULES = { breaker: { failures: 3, pauseMs: 10 * MINUTE } };

function without(
  pool: PoolRecord,
  remediation: string,
  nodes: Record<string, Result>,
  now = NOW,
): PoolRecord {
  const freed = new Map(Object.entries(nodes).map(([node, result]) => [node, { result, isHistory: false }]));
  const own = ownHolds(pool, { remediation, attempt: 0 }, freed.keys());
  return freeHolds(pool, own, freed, RULES, now);
}

describe('places', () => {
  test('are taken once, however often', () => {
    const pool = record();
    const taken = takeHolds(pool, { n1: held('r') }, NOW);
    expect(taken).toMatchObject({
      held: { n1: { remediation: 'r' } },
      spent: [{ node: 'n1', remediation: 'r', at: at(0) }],
    });
    // The attempt before came to nothing: the day counts from the one that makes the call.
    expect(takeHolds(taken, { n1: held('r') }, NOW + MINUTE).spent).toEqual([
      { node: 'n1', remediation: 'r', at: at(MINUTE) },
    ]);
  });

  test('that were spent a day ago are forgotten', () => {
    const pool = takeHolds(record(), { n1: held('r') }, NOW);
    expect(takeHolds(pool, { n2: held('s') }, NOW + 24 * HOUR).spent).toMatchObject([{ node: 'n2' }]);
  });

  test.each<[Result, number]>([
    ['uncalled', 0],
    ['refused', 0],
    ['succeeded', 1],
    ['failed', 1],
  ])('given back %s leave %i of the day’s budget spent', (left, spent) => {
    const pool = takeHolds(record(), { n1: held('r') }, NOW);
    const after = without(pool, 'r', { n1: left });
    expect(after.held).toEqual({});
    expect(after.spent).toHaveLength(spent);
    expect(after.releases).toBe(1);
  });

  test('what another remediation did to the node stays spent', () => {
    const before = without(takeHolds(record(), { n1: held('r') }, NOW), 'r', { n1: 'succeeded' });
    const after = without(takeHolds(before, { n1: held('s') }, NOW), 's', { n1: 'uncalled' });
    expect(after.spent).toMatchObject([{ node: 'n1', remediation: 'r' }]);
  });

  test('of another remediation, and those given back before, change nothing', () => {
    const pool = takeHolds(record(), { n1: held('r') }, NOW);
    expect(without(pool, 's', { n1: 'failed' })).toBe(pool);
    const after = without(pool, 'r', { n1: 'failed' });
    expect(without(after, 'r', { n1: 'failed' })).toBe(after);
  });
});

const fail = (pool: PoolRecord, times: number, now = NOW): PoolRecord =>
  Array.from({ length: times }).reduce<PoolRecord>((after) => withFailure(after, RULES, now), pool);

describe('the breaker', () => {
  test('opens with the last failure of a series', () => {
    expect(fail(record(), 2).breaker).toEqual({ failures: 2, trips: 0, told: false });
    expect(fail(record(), 3).breaker).toEqual({
      failures: 3,
      trips: 1,
      openUntil: at(10 * MINUTE),
      openedAt: at(0),
      told: false,
    });
  });

  test('a success in between begins the series anew, and closes it', () => {
    const pool = takeHolds(fail(record(), 2), { n1: held('r') }, NOW);
    expect(without(pool, 'r', { n1: 'succeeded' })).not.toHaveProperty('breaker');
    const open = takeHolds(fail(record(), 3), { n1: held('r') }, NOW);
    expect(without(open, 'r', { n1: 'succeeded' })).not.toHaveProperty('breaker');
  });

  test('what ends while it is open makes it neither longer nor count anew', () => {
    expect(fail(fail(record(), 3), 4, NOW + MINUTE).breaker).toMatchObject({
      trips: 1,
      openUntil: at(10 * MINUTE),
    });
  });

  test('each failure of the one that it lets through doubles the pause, up to an hour', () => {
    let pool = fail(record(), 3);
    const pauses = [];
    for (let trip = 0; trip < 5; trip += 1) {
      const now = Date.parse(pool.breaker!.openUntil!);
      pool = fail(pool, 1, now);
      pauses.push((Date.parse(pool.breaker!.openUntil!) - now) / MINUTE);
    }
    expect(pauses).toEqual([20, 40, 60, 60, 60]);
  });

  test('a pause of more than an hour in the rules is kept, and not doubled', () => {
    const rules = { breaker: { failures: 1, pauseMs: 3 * HOUR } };
    const once = withFailure(record(), rules, NOW);
    expect(once.breaker?.openUntil).toBe(at(3 * HOUR));
    expect(withFailure(once, rules, NOW + 3 * HOUR).breaker?.openUntil).toBe(at(6 * HOUR));
  });

  test('counts a remediation of many nodes once', () => {
    const nodes = { n1: held('r'), n2: held('r'), n3: held('r') };
    const pool = takeHolds(record(), nodes, NOW);
    expect(without(pool, 'r', { n1: 'failed', n2: 'failed', n3: 'failed' }).breaker).toMatchObject({
      failures: 1,
    });
    // One of them that is well is not a remediation that has helped.
    expect(without(pool, 'r', { n1: 'succeeded', n2: 'failed', n3: 'succeeded' }).breaker).toMatchObject({
      failures: 1,
    });
  });

  test('counts no node that was given back untouched', () => {
    const pool = takeHolds(fail(record(), 1), { n1: held('r') }, NOW);
    expect(without(pool, 'r', { n1: 'uncalled' }).breaker).toMatchObject({ failures: 1 });
    expect(without(pool, 'r', { n1: 'refused' }).breaker).toMatchObject({ failures: 2 });
  });
});

test('whatever is taken and given back, in any order: nobody’s place is lost or counted twice', () => {
  const step = fc.record({
    remediation: fc.constantFrom('r', 's', 't'),
    node: fc.constantFrom('n1', 'n2', 'n3'),
    left: fc.constantFrom<(Result | 'take')[]>('take', 'take', 'succeeded', 'failed', 'uncalled', 'refused'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let pool = record();
      const owner = new Map<string, string>();
      const called = new Set<string>();
      for (const { remediation, node, left } of steps) {
        const key = `${node} ${remediation}`;
        if (left === 'take') {
          if (owner.has(node)) continue;
          pool = takeHolds(pool, { [node]: held(remediation) }, NOW);
          owner.set(node, remediation);
          called.add(key);
        } else {
          pool = without(pool, remediation, { [node]: left });
          if (owner.get(node) !== remediation) continue;
          owner.delete(node);
          if (left === 'uncalled' || left === 'refused') called.delete(key);
        }
        expect(Object.entries(pool.held).map(([name, by]) => [name, by.remediation])).toEqual(
          expect.arrayContaining([...owner]),
        );
        expect(Object.keys(pool.held)).toHaveLength(owner.size);
        expect(pool.spent.map((entry) => `${entry.node} ${entry.remediation}`).toSorted()).toEqual(
          [...called].toSorted(),
        );
      }
    }),
  );
});
