import { isRecord } from '#lib/is-record';

/** One expected or actual thing: its fields, and the same in a line for people. */
export type Item = { fields: Readonly<Record<string, unknown>>; text: string };

/** The difference between two lists in which the order does not matter. */
export type Difference = {
  missing: readonly Item[];
  unexpected: readonly Item[];
  /** The fields that differ, if one is missing and one is unexpected. */
  fields: readonly { field: string; expected: string; actual: string }[];
};

/** Whether an actual value fits an expected one. `undefined` expects nothing. */
export type Fits<Expected, Actual> = (expected: Expected, actual: Actual) => boolean;

/**
 * Pairs each expected entry with an actual one that fits it, so that as many as possible have a partner.
 *
 * @returns the entries that are left without a partner.
 */
export function unpaired<Expected, Actual>(
  expected: readonly Expected[],
  actual: readonly Actual[],
  fits: Fits<Expected, Actual>,
): { missing: Expected[]; unexpected: Actual[] } {
  const partners = new Map<number, number>();

  /** Finds a partner for one, if need be by giving others another one. */
  function pair(index: number, tried: Set<number>): boolean {
    const wanted = expected[index];
    if (wanted === undefined) return false;
    for (const [other, candidate] of actual.entries()) {
      if (tried.has(other) || !fits(wanted, candidate)) continue;
      tried.add(other);
      const holder = partners.get(other);
      if (holder === undefined || pair(holder, tried)) {
        partners.set(other, index);
        return true;
      }
    }
    return false;
  }
  for (const index of expected.keys()) pair(index, new Set());
  const paired = new Set(partners.values());
  return {
    missing: expected.filter((_, index) => !paired.has(index)),
    unexpected: actual.filter((_, index) => !partners.has(index)),
  };
}

/** Whether a value has every field of an expected value, at any depth. Lists must be equal. */
export function contains(actual: unknown, expected: unknown): boolean {
  if (Array.isArray(expected))
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((entry, index) => contains(actual[index], entry))
    );
  if (isRecord(expected))
    return isRecord(actual) && Object.entries(expected).every(([key, value]) => contains(actual[key], value));
  return actual === expected;
}

/** Whether two lists of texts have the same entries in any order. */
export function sameTexts(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && new Set(one).isSubsetOf(new Set(other));
}
