import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countedHours } from '#lib/capacity/day';
import { freeHolds, ownHolds, type Result, takeHolds, withFailure } from '#lib/capacity/holds';
import type { PoolRecord } from '#lib/ledger/pool-record';
import { runs } from '#test/runs';
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

/** How many units of the day's budget are spent. */
function units({ spent }: PoolRecord): number {
  return Object.values(spent).reduce((sum, one) => sum + one, 0);
}

describe('places', () => {
  test('are taken once, however often', () => {
    const taken = takeHolds(record(), { n1: held('r') }, NOW);
    expect(taken).toMatchObject({
      held: { n1: { remediation: 'r', countedIn: at(0) } },
      spent: { [at(0)]: 1 },
    });
    // The attempt before came to nothing: the day counts from the one that makes the call.
    expect(takeHolds(taken, { n1: held('r') }, NOW + HOUR).spent).toEqual({ [at(HOUR)]: 1 });
  });

  test('that were spent a day ago are forgotten', () => {
    const pool = takeHolds(record(), { n1: held('r') }, NOW);
    const next = takeHolds(pool, { n2: held('s') }, NOW + 24 * HOUR);
    expect(next.spent).toEqual({ [at(0)]: 1, [at(24 * HOUR)]: 1 });
    expect(takeHolds(pool, { n2: held('s') }, NOW + 25 * HOUR).spent).toEqual({ [at(25 * HOUR)]: 1 });
  });

  test.each<[Result, number]>([
    ['uncalled', 0],
    ['refused', 0],
    ['succeeded', 1],
    ['failed', 1],
    ['released', 1],
  ])('released as %s leave %i of the day’s budget spent', (left, spent) => {
    const pool = takeHolds(record(), { n1: held('r') }, NOW);
    const after = without(pool, 'r', { n1: left });
    expect(after.held).toEqual({});
    expect(units(after)).toBe(spent);
    expect(after.releases).toBe(1);
  });

  test('a node that counts for an earlier call counts once, from the later one on', () => {
    const pool = { ...record(), spent: { [at(0)]: 2 } };
    const again = takeHolds(pool, { n1: held('s', { countedBefore: at(0) }) }, NOW + 3 * HOUR);
    expect(again.spent).toEqual({ [at(0)]: 1, [at(3 * HOUR)]: 1 });
    // The later call is not made: the node counts for the earlier one again.
    expect(without(again, 's', { n1: 'uncalled' }, NOW + 4 * HOUR).spent).toEqual(pool.spent);
    expect(without(again, 's', { n1: 'succeeded' }, NOW + 4 * HOUR).spent).toEqual(again.spent);
    // Its earlier call does not count any more by then.
    expect(without(again, 's', { n1: 'uncalled' }, NOW + 25 * HOUR).spent).toEqual({});
  });

  test('a node whose hold ran out counts once, for the next remediation', () => {
    const lost = takeHolds(record(), { n1: held('lost', { expiresAt: at(HOUR) }) }, NOW);
    const next = takeHolds(lost, { n1: held('s') }, NOW + 2 * HOUR);
    expect(next.spent).toEqual({ [at(2 * HOUR)]: 1 });
    expect(without(next, 's', { n1: 'uncalled' }, NOW + 3 * HOUR).spent).toEqual({ [at(0)]: 1 });
  });

  test('a target that is not put out of service spends nothing', () => {
    const taken = takeHolds(record(), { n1: held('r', { disruptive: false }) }, NOW);
    expect(taken.spent).toEqual({});
    expect(without(taken, 'r', { n1: 'uncalled' })).toMatchObject({ held: {}, spent: {}, releases: 0 });
  });

  test('of another remediation, and those released before, change nothing', () => {
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

  test('counts no node that was released untouched', () => {
    const pool = takeHolds(fail(record(), 1), { n1: held('r') }, NOW);
    expect(without(pool, 'r', { n1: 'uncalled' }).breaker).toMatchObject({ failures: 1 });
    expect(without(pool, 'r', { n1: 'refused' }).breaker).toMatchObject({ failures: 2 });
  });
});

test('holds are taken and released in any order: none is lost, and no node of a day is left out or counted twice', () => {
  const step = fc.record({
    remediation: fc.constantFrom('r', 's', 't'),
    node: fc.constantFrom('n1', 'n2', 'n3'),
    result: fc.constantFrom<(Result | 'take')[]>(
      'take',
      'take',
      'succeeded',
      'failed',
      'uncalled',
      'refused',
    ),
    afterMs: fc.integer({ min: 0, max: 9 * HOUR }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let pool = record();
      let now = NOW;
      const owner = new Map<string, string>();
      /** When calls were made, by node; the last one may still come to nothing. */
      const calls = new Map<string, number[]>();
      const history = new Map<string, string | undefined>();
      for (const { remediation, node, result, afterMs } of steps) {
        now += afterMs;
        const hold = pool.held[node];
        if (result === 'take') {
          if (owner.has(node)) continue;
          const next = { expiresAt: at(1_000 * HOUR), countedBefore: history.get(node) };
          pool = takeHolds(pool, { [node]: held(remediation, next) }, now);
          owner.set(node, remediation);
          calls.set(node, [...(calls.get(node) ?? []), now]);
        } else {
          pool = without(pool, remediation, { [node]: result }, now);
          if (owner.get(node) !== remediation) continue;
          owner.delete(node);
          if (result === 'uncalled' || result === 'refused') calls.get(node)?.pop();
          else history.set(node, hold?.countedIn);
        }
        expect(Object.entries(pool.held).map(([name, by]) => [name, by.remediation])).toEqual(
          expect.arrayContaining([...owner]),
        );
        expect(Object.keys(pool.held)).toHaveLength(owner.size);
        const within = (ms: number) =>
          [...calls.values()].filter((times) => (times.at(-1) ?? Number.NEGATIVE_INFINITY) > now - ms).length;
        const counted = countedHours(pool.spent, now).reduce((sum, hour) => sum + pool.spent[hour]!, 0);
        expect(counted).toBeGreaterThanOrEqual(within(24 * HOUR));
        expect(counted).toBeLessThanOrEqual(within(25 * HOUR));
      }
    }),
    { numRuns: runs(300) },
  );
});
