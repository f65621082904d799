import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BATCH, type Supernodes, supernodesAfter } from '#lib/modelarts/reading/supernodes';
import { node } from '#test/verification/subject';

type Shown = Record<string, string | undefined>;

/** The supernodes after readings that show these labels of these nodes. */
function after(...readings: readonly (readonly [Shown, boolean])[]): Supernodes | undefined {
  let known: Supernodes | undefined;
  for (const [shown, isComplete] of readings) {
    const nodes = Object.entries(shown).map(([name, batch]) =>
      node(name, { labels: batch === undefined ? {} : { [BATCH]: batch } }),
    );
    known = supernodesAfter(known, nodes, isComplete);
  }
  return known;
}

const names = ['n1', 'n2', 'n3', 'n4'];
const shown = fc.record(
  Object.fromEntries(names.map((name) => [name, fc.constantFrom('s1', 's2', undefined)])),
  { requiredKeys: [] },
);

test('a reading with fewer labels never makes a supernode smaller', () => {
  fc.assert(
    fc.property(shown, fc.subarray(names), (first, hidden) => {
      const fewer = Object.fromEntries(
        Object.entries(first).map(([name, batch]) => [name, hidden.includes(name) ? undefined : batch]),
      );
      expect(after([first, true], [fewer, true])).toEqual(after([first, true]));
    }),
  );
});

test('nor does an incomplete reading', () => {
  fc.assert(
    fc.property(shown, fc.subarray(names), (first, left) => {
      const fewer = Object.fromEntries(Object.entries(first).filter(([name]) => left.includes(name)));
      expect(after([first, true], [fewer, false])).toEqual(after([first, true]));
    }),
  );
});

test('a member leaves when the pool does not have it, or when it is shown in another supernode', () => {
  const first: Shown = { n1: 's1', n2: 's1', n3: 's1' };
  expect(after([first, true], [{ n1: 's1', n3: 's2' }, true])).toEqual({ s1: ['n1'], s2: ['n3'] });
  expect(after([first, true], [{ n4: undefined }, true])).toBeUndefined();
});
