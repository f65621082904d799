import * as fc from 'fast-check';
import type { MatchableAlert } from '#lib/rules/match';

/** Few names and values, so that generated rules and alerts often meet. */
const SOURCES = ['alertmanager', 'smn', 'cloudevents'] as const;
const STATES = ['alerting', 'nodata', 'error', 'unknown'] as const;
const value = fc.constantFrom('a', 'ab', 'abc', 'b', 'bc', 'c', '');
const glob = fc.constantFrom('a', 'ab', 'a*', '*', '?', 'a?', '*b', '*b*', 'b', 'bc', 'c', '?*');
const matcher = fc.oneof(glob, fc.array(glob, { minLength: 1, maxLength: 3 }));
const key = fc.constantFrom('x', 'y');

const KEYS = ['source', 'severity', 'event', 'state', 'labels', 'annotations'] as const;

/** At most two conditions, so that one entry often includes another. */
const entry = fc
  .tuple(
    fc.subarray([...KEYS], { maxLength: 2 }),
    fc.record({
      source: fc.constantFrom(...SOURCES),
      severity: matcher,
      event: matcher,
      state: fc.oneof(
        fc.constantFrom(...STATES),
        fc.uniqueArray(fc.constantFrom(...STATES), { minLength: 1 }),
      ),
      labels: fc.dictionary(key, matcher, { maxKeys: 2 }),
      annotations: fc.dictionary(key, matcher, { maxKeys: 1 }),
    }),
  )
  .map(([keys, all]) => Object.fromEntries(keys.map((one) => [one, all[one]])));

const when = fc.oneof(
  { weight: 3, arbitrary: entry },
  { weight: 1, arbitrary: fc.array(entry, { minLength: 1, maxLength: 3 }) },
);

/** The conditions of the rules of a file. */
export const writtenRules = fc.array(when, { minLength: 1, maxLength: 6 });

/** Alerts that such rules may take. An absent field stays absent. */
export const alertsWithin: fc.Arbitrary<MatchableAlert> = fc.record(
  {
    source: fc.constantFrom(...SOURCES),
    severity: value,
    event: value,
    state: fc.constantFrom(...STATES),
    labels: fc.dictionary(key, value, { maxKeys: 2 }),
    annotations: fc.dictionary(key, value, { maxKeys: 2 }),
  },
  { requiredKeys: ['source', 'labels', 'annotations'] },
);

/** A valid file with these conditions, one rule for each. */
export function rulesFile(conditions: readonly unknown[]) {
  return {
    pools: { a: { id: 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036' } },
    rules: conditions.map((one, index) => ({
      name: `r${index}`,
      when: one,
      node: { from: 'labels.node' },
      pool: 'a',
      ladder: [{ notify: {} }],
    })),
  };
}
