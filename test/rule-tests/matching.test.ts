import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { contains, unpaired } from '#local/rule-tests/matching';

const json = fc.jsonValue();

test('a value has every field of itself, and of itself without some', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), json), (value) => {
      expect(contains(value, value)).toBe(true);
      for (const key of Object.keys(value)) {
        const { [key]: _left, ...rest } = value;
        expect(contains(value, rest)).toBe(true);
        expect(contains(rest, { [key]: value[key] })).toBe(false);
      }
    }),
  );
});

/** The largest number of pairs, by trying all. */
function most(expected: readonly number[], actual: readonly number[]): number {
  const [first, ...rest] = expected;
  if (first === undefined) return 0;
  const withFirst = actual.flatMap((one, index) =>
    fits(first, one) ? [1 + most(rest, actual.toSpliced(index, 1))] : [],
  );
  return Math.max(most(rest, actual), ...withFirst);
}

/** Many numbers fit several others. */
function fits(one: number, other: number): boolean {
  return one % other === 0 || other % one === 0;
}

test('as many entries as possible have a partner, and no entry has two', () => {
  const numbers = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 5 });
  fc.assert(
    fc.property(numbers, numbers, (expected, actual) => {
      const { missing, unexpected } = unpaired(expected, actual, fits);
      const pairs = expected.length - missing.length;
      expect(pairs).toBe(actual.length - unexpected.length);
      expect(pairs).toBe(most(expected, actual));
    }),
  );
});
