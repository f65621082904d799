import { expect, test } from 'vitest';
import { POOL, runOf } from '../run-of.ts';
import { refreshed } from './evidence.ts';

const MINUTE_MS = 60_000;
const GIVEN_UP = 100;

/** A command was given up for evidence of an hour; its alert was delivered so long before, and answered so many seconds later. */
function givenUp(minutesBefore: number, seconds: number) {
  const sentAtMs = (GIVEN_UP - minutesBefore) * MINUTE_MS;
  const alerts = [{ fingerprint: 'a', startsAt: new Date(0).toISOString() }];
  const value = { id: 'r-1', rule: 'r', pool: POOL, alerts };
  const run = runOf({
    rules: { rules: [{ name: 'r', maxEvidenceAgeMs: 60 * MINUTE_MS, ladder: [] }] },
    delivered: [
      {
        status: 'firing',
        episode: { id: 'alert', fingerprint: 'a', startsAtMs: 0 },
        sentAtMs,
        answeredAtMs: sentAtMs + seconds * 1000,
      },
    ],
    writes: [
      { atMs: MINUTE_MS, pk: 'remediation#r-1', value: { ...value, state: 'deferred' } },
      {
        atMs: GIVEN_UP * MINUTE_MS,
        pk: 'remediation#r-1',
        value: {
          ...value,
          state: 'needs-human',
          receipts: [{ step: 'guard', guard: 'evidence-age', allowed: false, why: 'it is too old' }],
        },
      },
    ],
  });
  return [...refreshed(run)].length > 0;
}

test.each([
  ['an hour before', 60, 1, false],
  ['two minutes less than an hour before', 58, 1, true],
  ['two minutes less than an hour before, by a delivery that took the time of its function', 58, 9, false],
  ['three minutes less than an hour before, by such a delivery', 57, 9, true],
])('a command is not given up if its alert was said to fire %s', (_, minutes, seconds, isBroken) => {
  expect(givenUp(minutes, seconds)).toBe(isBroken);
});
