/** Says which days of a month a day field means, as a predicate on a date (UTC reading). */
export type DayMatcher = (date: Date) => boolean;

interface Range {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly words?: readonly string[];
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

export const fieldRanges = {
  minutes: { name: 'minutes', minimum: 0, maximum: 59 },
  hours: { name: 'hours', minimum: 0, maximum: 23 },
  dayOfMonth: { name: 'day-of-month', minimum: 1, maximum: 31 },
  month: { name: 'month', minimum: 1, maximum: 12, words: months },
  dayOfWeek: { name: 'day-of-week', minimum: 1, maximum: 7, words: weekdays },
  year: { name: 'year', minimum: 1970, maximum: 2199 },
} as const satisfies Record<string, Range>;

/** Reads `*`, numbers, words, ranges, steps (`0/15`, `9-17/2`) and comma-separated lists of them. */
export function parseNumbers(text: string, range: Range): ReadonlySet<number> {
  return new Set(text.split(',').flatMap((part) => parsePart(part, range)));
}

/** Day of month: numbers, or `L` (last), `LW` (last weekday), `15W` (the weekday nearest to the 15th). */
export function parseDayOfMonth(text: string): DayMatcher {
  if (text === 'L') return (date) => date.getUTCDate() === daysInMonth(date);
  if (text === 'LW') return (date) => date.getUTCDate() === nearestWeekday(date, daysInMonth(date));
  const nearest = /^(\d+)W$/.exec(text)?.[1];
  if (nearest !== undefined) {
    const day = parseNumber(nearest, fieldRanges.dayOfMonth);
    return (date) => day <= daysInMonth(date) && date.getUTCDate() === nearestWeekday(date, day);
  }
  const days = parseNumbers(text, fieldRanges.dayOfMonth);
  return (date) => days.has(date.getUTCDate());
}

/** Day of week, 1 or SUN to 7 or SAT: numbers, or `L` (Saturday), `6L` (last Friday of the month), `6#3` (third Friday). */
export function parseDayOfWeek(text: string): DayMatcher {
  if (text === 'L') return (date) => weekdayOf(date) === 7;
  const last = /^(\w+)L$/.exec(text)?.[1];
  if (last !== undefined) {
    const weekday = parseNumber(last, fieldRanges.dayOfWeek);
    return (date) => weekdayOf(date) === weekday && date.getUTCDate() > daysInMonth(date) - 7;
  }
  const [, nthWeekday, nth] = /^(\w+)#([1-5])$/.exec(text) ?? [];
  if (nthWeekday !== undefined) {
    const weekday = parseNumber(nthWeekday, fieldRanges.dayOfWeek);
    return (date) => weekdayOf(date) === weekday && Math.ceil(date.getUTCDate() / 7) === Number(nth);
  }
  const days = parseNumbers(text, fieldRanges.dayOfWeek);
  return (date) => days.has(weekdayOf(date));
}

function parsePart(part: string, range: Range): number[] {
  const [, first, last, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part) ?? [];
  if (first === undefined)
    throw new RangeError(`${range.name}: "${part}" is not a number, a range or a step`);
  const from = first === '*' ? range.minimum : parseNumber(first, range);
  const single = step === undefined && first !== '*';
  const to = last === undefined ? (single ? from : range.maximum) : parseNumber(last, range);
  const by = step === undefined ? 1 : Number(step);
  if (!Number.isInteger(by) || by < 1)
    throw new RangeError(`${range.name}: "${part}" has no step of 1 or more`);
  if (to < from) throw new RangeError(`${range.name}: "${part}" runs backwards`);
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);
}

function parseNumber(text: string, { name, minimum, maximum, words = [] }: Range): number {
  const word = words.indexOf(text.toUpperCase());
  const value = word === -1 ? Number(/^\d+$/.exec(text)?.[0] ?? Number.NaN) : word + minimum;
  if (value >= minimum && value <= maximum) return value;
  throw new RangeError(`${name}: "${text}" is not within ${minimum} to ${maximum}`);
}

const weekdayOf = (date: Date): number => date.getUTCDay() + 1;

function daysInMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

/** The weekday nearest to a day, without leaving its month. */
function nearestWeekday(date: Date, day: number): number {
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay();
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === daysInMonth(date) ? day - 2 : day + 1;
  return day;
}
