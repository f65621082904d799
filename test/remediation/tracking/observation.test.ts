import { expect, test } from 'vitest';
import type { Seen } from '#lib/ledger/call';
import { describeObservation, isSameSeen, NOT_SEARCHED } from '#lib/remediation/tracking/observation';

const search = (more: Partial<Extract<Seen, { kind: 'search' }>>): Seen => ({
  kind: 'search',
  rivals: false,
  ...more,
});

test.each<[Seen | undefined, string]>([
  [undefined, 'never, because the API could not be read'],
  [NOT_SEARCHED, 'searching'],
  [search({ found: [] }), 'searching: no job'],
  [search({ found: [], noTrace: true }), 'searching: no job, and its nodes are idle'],
  [search({ rivals: true, found: ['job-1', 'job-2'] }), 'searching among others: job-1, job-2'],
  [{ kind: 'unknown', phase: 'Odd' }, 'unknown phase "Odd"'],
  [{ kind: 'on-its-way' }, 'on its way'],
  [{ kind: 'suspended' }, 'suspended'],
])('%j reads "%s" to people', (seen, words) => {
  expect(describeObservation(seen)).toBe(words);
});

test('a search has seen something else where it has found another job, a rival or no trace', () => {
  const found = search({ found: ['job-1'] });
  expect(isSameSeen(found, search({ found: ['job-1'] }))).toBe(true);
  for (const other of [undefined, NOT_SEARCHED, search({ found: [] }), search({ found: ['job-2'] })])
    expect(isSameSeen(found, other)).toBe(false);
  expect(isSameSeen(found, search({ found: ['job-1'], rivals: true }))).toBe(false);
  expect(isSameSeen(search({ found: [] }), search({ found: [], noTrace: true }))).toBe(false);
});
