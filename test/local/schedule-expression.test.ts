import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScheduleExpression } from '#local/cloud/schedule-expression';

const start = Date.parse('2026-11-20T10:30:15Z');

function runs(
  expression: string,
  count: number,
  { from = '2026-11-20T10:30:15Z', timeZone = 'UTC' } = {},
): string[] {
  const next = parseScheduleExpression(expression, timeZone, Date.parse(from));
  const found: string[] = [];
  let at: number | undefined = Date.parse(from);
  while (found.length < count && (at = next(at)) !== undefined)
    found.push(new Date(at).toISOString().slice(0, 16));
  return found;
}

describe('cron', () => {
  it.each([
    ['cron(0 20 * * ? *)', ['2026-11-20T20:00', '2026-11-21T20:00']],
    ['cron(0/15 * * * ? *)', ['2026-11-20T10:45', '2026-11-20T11:00']],
    ['cron(*/20 8-9 ? * MON-FRI *)', ['2026-11-23T08:00', '2026-11-23T08:20']],
    ['cron(0 8,18 ? * 2 *)', ['2026-11-23T08:00', '2026-11-23T18:00']],
    ['cron(0 0 ? * SUN *)', ['2026-11-22T00:00', '2026-11-29T00:00']],
    ['cron(0 9 L * ? *)', ['2026-11-30T09:00', '2026-12-31T09:00']],
    ['cron(0 9 LW 1 ? *)', ['2027-01-29T09:00', '2028-01-31T09:00']],
    ['cron(0 9 2W * ? *)', ['2026-12-02T09:00', '2027-01-01T09:00']],
    ['cron(0 9 1W 8 ? 2026-2027)', ['2027-08-02T09:00']],
    ['cron(0 9 ? * 6L *)', ['2026-11-27T09:00', '2026-12-25T09:00']],
    ['cron(0 9 ? * FRI#3 *)', ['2026-11-20T09:00', '2026-12-18T09:00'].slice(1)],
    ['cron(0 12 29 FEB ? *)', ['2028-02-29T12:00', '2032-02-29T12:00']],
    ['cron(0 12 1 1 ? 2027)', ['2027-01-01T12:00']],
    ['cron(0 12 30 2 ? *)', []],
  ])('%s', (expression, expected) => {
    expect(runs(expression, 2).slice(0, Math.max(1, expected.length))).toEqual(expected);
  });

  it('runs by the clocks of its time zone', () => {
    expect(runs('cron(0 20 * * ? *)', 2, { from: '2026-10-24T00:00Z', timeZone: 'Europe/Berlin' })).toEqual([
      '2026-10-24T18:00',
      '2026-10-25T19:00',
    ]);
    expect(runs('cron(30 5 * * ? *)', 1, { timeZone: 'Asia/Kolkata' })).toEqual(['2026-11-21T00:00']);
  });

  it('skips a time that the clocks skip in spring', () => {
    expect(runs('cron(30 2 * * ? *)', 2, { from: '2026-03-28T12:00Z', timeZone: 'Europe/Berlin' })).toEqual([
      '2026-03-30T00:30',
      '2026-03-31T00:30',
    ]);
  });

  it('runs once at a time that the clocks show twice in autumn', () => {
    expect(runs('cron(30 2 * * ? *)', 2, { from: '2026-10-24T12:00Z', timeZone: 'Europe/Berlin' })).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });

  it('finds the next minute that matches, and none before', () => {
    const hour = fc.integer({ min: 0, max: 23 });
    const minute = fc.integer({ min: 0, max: 59 });
    const after = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(hour, minute, after, (hours, minutes, from) => {
        const next = parseScheduleExpression(
          `cron(${minutes} ${hours} * * ? *)`,
          'UTC',
          start,
        )(from.getTime());
        const expected = new Date(from);
        expected.setUTCHours(hours, minutes, 0, 0);
        if (expected.getTime() <= from.getTime()) expected.setUTCDate(expected.getUTCDate() + 1);
        expect(next).toBe(expected.getTime());
      }),
    );
  });
});

describe('rate', () => {
  it('counts from its start, in whole steps', () => {
    expect(runs('rate(90 minutes)', 3)).toEqual(['2026-11-20T12:00', '2026-11-20T13:30', '2026-11-20T15:00']);
    expect(runs('rate(1 day)', 1)).toEqual(['2026-11-21T10:30']);
  });
});

describe('an expression that EventBridge would refuse is refused', () => {
  it.each([
    ['cron(0 20 * * * *)', 'exactly one of day-of-month and day-of-week must be "?"'],
    ['cron(0 20 ? * ? *)', 'exactly one of day-of-month and day-of-week must be "?"'],
    ['cron(0 20 * * ?)', 'has 5 fields, not six'],
    ['cron(60 20 * * ? *)', 'minutes: "60" is not within 0 to 59'],
    ['cron(0 20 ? * 0 *)', 'day-of-week: "0" is not within 1 to 7'],
    ['cron(0 20 ? * MONDAY *)', 'day-of-week: "MONDAY" is not within 1 to 7'],
    ['cron(0 18-8 * * ? *)', 'hours: "18-8" runs backwards'],
    ['cron(0/0 18 * * ? *)', 'minutes: "0/0" has no step of 1 or more'],
    ['cron(1- 18 * * ? *)', 'minutes: "1-" is not a number, a range or a step'],
    ['rate(0 minutes)', 'is not like rate(5 minutes)'],
    ['rate(5 weeks)', 'is not like rate(5 minutes)'],
    ['every day', 'is neither rate(…) nor cron(…)'],
  ])('%s', (expression, message) => {
    expect(() => parseScheduleExpression(expression, 'UTC', start)).toThrow(message);
  });

  it('names a time zone that does not exist', () => {
    expect(() => parseScheduleExpression('cron(0 20 * * ? *)', 'Europe/Atlantis', start)).toThrow(
      'Europe/Atlantis',
    );
  });
});
