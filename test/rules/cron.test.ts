import { describe, expect, test } from 'vitest';
import { parseCron } from '#lib/rules/cron';
import { onDaysOfWeek } from '#lib/rules/file/schedule';

/** The days of a month, of the year 2026 unless told otherwise, on which an expression fires at 10:15. */
function daysIn(month: number, expression: string, year = 2026): number[] {
  const { minutes, hours, isItsDay } = parseCron(expression);
  if (!hours.includes(10) || !minutes.includes(15)) return [];
  const days = Array.from(
    { length: new Date(Date.UTC(year, month, 0)).getUTCDate() },
    (_, index) => index + 1,
  );
  return days.filter((day) => isItsDay({ year, month, day }));
}

describe('days', () => {
  // November 2026 begins on a Sunday, August on a Saturday.
  test.each<[expression: string, month: number, days: number[]]>([
    ['15 10 1,15 * ? *', 11, [1, 15]],
    ['15 10 28-31 * ? *', 11, [28, 29, 30]],
    ['15 10 1/10 * ? *', 11, [1, 11, 21]],
    ['15 10 L * ? *', 2, [28]],
    ['15 10 LW * ? *', 10, [30]],
    ['15 10 LW * ? *', 11, [30]],
    ['15 10 1W * ? *', 11, [2]],
    ['15 10 1W * ? *', 8, [3]],
    ['15 10 15W * ? *', 11, [16]],
    ['15 10 14W * ? *', 11, [13]],
    ['15 10 31W * ? *', 11, []],
    ['15 10 ? * SAT *', 11, [7, 14, 21, 28]],
    ['15 10 ? * 1,7 *', 11, [1, 7, 8, 14, 15, 21, 22, 28, 29]],
    ['15 10 ? * mon-tue *', 11, [2, 3, 9, 10, 16, 17, 23, 24, 30]],
    ['15 10 ? * 6L *', 11, [27]],
    ['15 10 ? * FRIL *', 11, [27]],
    ['15 10 ? * 2L *', 11, [30]],
    ['15 10 ? * MON#1 *', 11, [2]],
    ['15 10 ? * 2#5 *', 11, [30]],
    ['15 10 ? * L *', 11, [7, 14, 21, 28]],
    ['15 10 2 JAN-MAR,11 ? 2026-2027', 11, [2]],
    ['15 10 2 JAN-MAR ? *', 11, []],
    ['15 10 2 * ? 2027', 11, []],
    ['16 10 2 * ? *', 11, []],
    ['15 8-9 2 * ? *', 11, []],
    ['0/15 */5 2 * ? *', 11, [2]],
    ['  15  10  2  *  ?  *  ', 11, [2]],
  ])('%j in month %i', (expression, month, days) => {
    expect(daysIn(month, expression)).toEqual(days);
  });

  test('the last day of February knows leap years', () => {
    expect(daysIn(2, '15 10 L * ? *', 2028)).toEqual([29]);
  });
});

test.each<[expression: string, message: string]>([
  ['', 'it has one field, not the six minutes hours day-of-month month day-of-week year'],
  ['* * * * ? * *', 'it has 7 fields, not the six minutes hours day-of-month month day-of-week year'],
  ['0 0 * * * *', 'exactly one of day-of-month (the third field) and day-of-week (the fifth) must be ?'],
  ['0 0 ? * ? *', 'exactly one of day-of-month (the third field) and day-of-week (the fifth) must be ?'],
  ['60 0 * * ? *', '"60" in minutes is not 0 to 59'],
  ['? 0 * * ? *', '"?" in minutes is not 0 to 59'],
  ['0 0 0 * ? *', '"0" in day-of-month is not 1 to 31'],
  ['0 0 * 13 ? *', '"13" in month is not 1 to 12 or JAN to DEC'],
  ['0 0 ? * 0 *', '"0" in day-of-week is not 1 to 7 or SUN to SAT'],
  ['0 0 ? * MOND *', '"MOND" in day-of-week is not 1 to 7 or SUN to SAT'],
  ['0 0 ? * MON#1#2 *', '"MON#1#2" in day-of-week is not 1 to 7 or SUN to SAT'],
  ['0 0 ? * MON#6 *', '"6" in the occurrence after # is not 1 to 5'],
  ['0 17-9 * * ? *', '"17-9" of hours runs backwards: write the smaller value first'],
  ['0/0 0 * * ? *', '"0" in the step of minutes is not 1 to 59'],
  ['1, 0 * * ? *', '"" in minutes is not a value, a range such as 1-5 or a step such as 0/15'],
  ['1-2-3 0 * * ? *', '"1-2-3" in minutes is not a value, a range such as 1-5 or a step such as 0/15'],
  ['0 0 * * ? 1969', '"1969" in year is not 1970 to 2199'],
])('%j is refused', (expression, message) => {
  expect(() => parseCron(expression)).toThrow(new RangeError(message));
});

test.each([
  ['0 20 * * ? *', '0 20 ? * MON,FRI *'],
  [' 0  20 ? 1-6 * 2027', '0  20 ? 1-6 MON,FRI 2027'],
])('days of the week are written into %j', (cron, expected) => {
  const withDays = onDaysOfWeek(cron, ['MON', 'FRI']);
  expect(withDays).toBe(expected);
  expect(() => parseCron(withDays)).not.toThrow();
});
