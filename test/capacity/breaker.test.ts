import { expect, test } from 'vitest';
import { breakerClosed } from '#lib/capacity/breaker';
import type { PoolRecord } from '#lib/ledger/pool-record';
import { at, factsOf, MINUTE, NOW, poolOfNodes } from './pool-facts.ts';

const verdict = (breaker?: PoolRecord['breaker'], now = NOW) =>
  breakerClosed(factsOf(poolOfNodes(9), { known: breaker ? { breaker } : {} }), now);
const open = { failures: 5, trips: 1, openUntil: at(10 * MINUTE), told: true };

test('after failures in a row nothing is tried until the pause is over', () => {
  expect(verdict(open)).toEqual({
    guard: 'breaker',
    allowed: false,
    defers: true,
    until: open.openUntil,
    why: '5 remediations or calls of the pool have failed in a row',
  });
});

test.each([
  ['none has failed', undefined, NOW],
  ['they are too few for a series', { failures: 4, trips: 0, told: false }, NOW],
  ['the pause is over', open, NOW + 10 * MINUTE],
])('it is tried where %s', (_name, breaker, now) => {
  expect(verdict(breaker, now).allowed).toBe(true);
});
