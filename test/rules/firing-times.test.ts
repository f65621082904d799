import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firingTimes, lastFiring } from '#lib/rules/firing-times';
import { parseScheduleExpression } from '#local/cloud/schedule-expression';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Every firing of a schedule from one time until before another. */
function firings(cron: string, timezone: string, from: string, until: string): string[] {
  const firesAt = firingTimes({ cron, timezone });
  const found: string[] = [];
  for (let at = Date.parse(from); at < Date.parse(until); at += MINUTE) {
    if (firesAt(at)) found.push(new Date(at).toISOString());
  }
  return found;
}

describe('the clocks change', () => {
  test('02:30, which does not exist in spring, is skipped that day', () => {
    expect(firings('30 2 * * ? *', 'Europe/Berlin', '2027-03-27T00:00Z', '2027-03-30T00:00Z')).toEqual([
      '2027-03-27T01:30:00.000Z',
      '2027-03-29T00:30:00.000Z',
    ]);
  });

  test('02:30, which exists twice in autumn, happens once: the first time', () => {
    expect(firings('30 2 * * ? *', 'Europe/Berlin', '2027-10-30T00:00Z', '2027-11-01T12:00Z')).toEqual([
      '2027-10-30T00:30:00.000Z',
      '2027-10-31T00:30:00.000Z',
      '2027-11-01T01:30:00.000Z',
    ]);
  });

  test('20:00 stays 20:00 on the wall', () => {
    expect(firings('0 20 * * ? *', 'Europe/Berlin', '2027-03-27T00:00Z', '2027-03-29T00:00Z')).toEqual([
      '2027-03-27T19:00:00.000Z',
      '2027-03-28T18:00:00.000Z',
    ]);
  });

  test('a change of half an hour is one, too', () => {
    expect(firings('45 1 * * ? *', 'Australia/Lord_Howe', '2027-04-03T00:00Z', '2027-04-05T00:00Z')).toEqual([
      '2027-04-03T14:45:00.000Z',
      '2027-04-04T15:15:00.000Z',
    ]);
  });
});

const november = (time: string) => Date.parse(`2026-11-${time}Z`);

test('the last firing is looked for after one time, and up to another', () => {
  const firesAt = firingTimes({ cron: '0 20 * * ? *', timezone: 'UTC' });
  expect(lastFiring(firesAt, november('20T20:00'), november('20T23:00'))).toBeUndefined();
  expect(lastFiring(firesAt, november('19T20:00'), november('20T20:00'))).toBe(november('20T20:00'));
  expect(lastFiring(firesAt, november('17T20:00'), november('20T19:59'))).toBe(november('19T20:00'));
});

test('they are those of the local system, in any zone and around any change of its clocks', () => {
  const cron = fc.record({
    minute: fc.constantFrom('0', '15', '0/20', '59'),
    hour: fc.constantFrom('0', '1', '2', '3', '*', '20', '0/6'),
    days: fc.constantFrom('* * ?', '? * MON-FRI', '? * 1', 'L * ?', '15W * ?'),
  });
  const zone = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Asia/Shanghai',
    'Africa/Casablanca',
    'America/Santiago',
  );
  const start = fc.integer({ min: Date.UTC(2026, 0, 1) / HOUR, max: Date.UTC(2028, 0, 1) / HOUR });
  fc.assert(
    fc.property(cron, zone, start, ({ minute, hour, days }, timezone, startHour) => {
      const expression = `${minute} ${hour} ${days} *`;
      const after = startHour * HOUR;
      const next = parseScheduleExpression(`cron(${expression})`, timezone, after)(after);
      const until = Math.min(next ?? Number.POSITIVE_INFINITY, after + 30 * HOUR);
      const firesAt = firingTimes({ cron: expression, timezone });
      let first: number | undefined;
      for (let at = after + MINUTE; at <= until && first === undefined; at += MINUTE)
        if (firesAt(at)) first = at;
      expect(first).toBe(next !== undefined && next <= after + 30 * HOUR ? next : undefined);
    }),
    { numRuns: 150 },
  );
});
