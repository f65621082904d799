import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FailedAttempt, parseRetryAfter, retryDelayMs } from '#lib/http/retry';

const now = Date.parse('2026-11-20T10:00:00Z');
const throttled = {
  outcome: 'refused',
  transient: true,
  throttled: true,
  credentialsRefused: false,
} as const;
const lost = { outcome: 'unknown', transient: true, throttled: false, credentialsRefused: false } as const;
const limits = { maxAttempts: 4, baseDelayMs: 500, maxDelayMs: 20_000 };
const base: FailedAttempt = { method: 'GET', attempt: 1, failure: lost, limits, now, random: 0.5 };

describe('the wait before the next try', () => {
  test.each([
    ['a read whose answer was lost', base, 250],
    ['doubles', { ...base, attempt: 3 }, 1000],
    ['is bounded', { ...base, limits: { ...limits, maxDelayMs: 100 } }, 50],
    ['the API says how long', { ...base, failure: { ...throttled, retryAfterMs: 7000 } }, 7000],
    [
      'the API says longer than we wait',
      { ...base, failure: { ...throttled, retryAfterMs: 20_001 } },
      undefined,
    ],
    ['no more tries', { ...base, attempt: 4 }, undefined],
    ['nothing that time would heal', { ...base, failure: { ...lost, transient: false } }, undefined],
    ['a throttled write', { ...base, method: 'POST', failure: throttled }, 250],
    ['a write that may have been done', { ...base, method: 'POST', failure: lost }, undefined],
    ['a write never sent', { ...base, method: 'POST', failure: { ...lost, outcome: 'not-sent' } }, undefined],
    [
      'a write refused for another reason',
      { ...base, method: 'PATCH', failure: { ...throttled, throttled: false } },
      undefined,
    ],
    ['the deadline comes first', { ...base, deadlineMs: now + 250 }, undefined],
    ['the deadline comes just after', { ...base, deadlineMs: now + 251 }, 250],
  ] as [string, FailedAttempt, number | undefined][])('%s', (_, failed, delayMs) => {
    expect(retryDelayMs(failed)).toBe(delayMs);
  });

  test('jitter spreads it from nothing to the full wait', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.999999999, noNaN: true }),
        fc.integer({ min: 1, max: 3 }),
        (random, attempt) => {
          const delayMs = retryDelayMs({ ...base, attempt, random }) ?? Number.NaN;
          expect(delayMs).toBe(Math.floor(random * 500 * 2 ** (attempt - 1)));
        },
      ),
    );
  });
});

test.each([
  ['7', 7000],
  [' 0 ', 0],
  ['Fri, 20 Nov 2026 10:00:30 GMT', 30_000],
  ['Friday, 20-Nov-26 10:00:30 GMT', 30_000],
  ['Fri Nov 20 10:00:30 2026', 30_000],
  ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
  ['-1', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['99999999999999999999', 900_000],
  ['Fri, 01 Jan 9999 00:00:00 GMT', 900_000],
  ['', undefined],
  [undefined, undefined],
])('Retry-After: %s', (value, expected) => {
  expect(parseRetryAfter(value, now)).toBe(expected);
});
