/** A minute on a wall clock: `month` 1 to 12, no time zone. */
export type WallClock = { year: number; month: number; day: number; hour: number; minute: number };

/** Whether a cron expression fires in this minute. */
export type Cron = (minute: WallClock) => boolean;

/**
 * Reads an EventBridge cron expression: six fields (minutes, hours, day of month, month, day of week, year), with `*`,
 * lists, ranges, steps, the names `JAN` to `DEC` and `SUN` to `SAT` (1 is Sunday), `L`, `W` and `#`; one of the two day
 * fields is `?`.
 *
 * Source: Amazon EventBridge Scheduler User Guide, "Schedule types", Cron-based schedules.
 *
 * @throws RangeError whose message continues "… is not a cron expression: "
 */
export function parseCron(expression: string): Cron {
  const fields = expression.trim().split(/\s+/);
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields;
  if (!minutes || !hours || !dayOfMonth || !month || !dayOfWeek || !year || fields.length > 6) {
    throw new RangeError(
      `it has ${fields.length} fields, not the six minutes hours day-of-month month day-of-week year`,
    );
  }
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new RangeError(
      'exactly one of day-of-month (the third field) and day-of-week (the fifth) must be ?',
    );
  }

  const matchesMinute = numbers(minutes, { name: 'minutes', from: 0, to: 59 });
  const matchesHour = numbers(hours, { name: 'hours', from: 0, to: 23 });
  const matchesMonth = numbers(month, { name: 'month', from: 1, to: 12, names: monthNames });
  const matchesYear = numbers(year, { name: 'year', from: 1970, to: 2199 });
  const matchesDay = dayOfWeek === '?' ? daysOfMonth(dayOfMonth) : daysOfWeek(dayOfWeek);

  return (at) =>
    matchesMinute(at.minute) &&
    matchesHour(at.hour) &&
    matchesMonth(at.month) &&
    matchesYear(at.year) &&
    matchesDay(at);
}

type Field = { name: string; from: number; to: number; names?: readonly string[] };

export const weekdayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;
const monthNames = [
  'JAN',
  'FEB',
  'MAR',
  'APR',
  'MAY',
  'JUN',
  'JUL',
  'AUG',
  'SEP',
  'OCT',
  'NOV',
  'DEC',
] as const;
const monthDay = { name: 'day-of-month', from: 1, to: 31 };
const weekday = { name: 'day-of-week', from: 1, to: 7, names: weekdayNames };

function daysOfMonth(text: string): Cron {
  return anyOf(text, (item) => {
    if (item === 'L') return (at) => at.day === lastDay(at);
    if (item === 'LW') return (at) => at.day === nearestWorkday(at, lastDay(at));
    if (item.endsWith('W')) {
      const target = number(item.slice(0, -1), monthDay);
      return (at) => target <= lastDay(at) && at.day === nearestWorkday(at, target);
    }
    const matches = range(item, monthDay);
    return (at) => matches(at.day);
  });
}

function daysOfWeek(text: string): Cron {
  return anyOf(text, (item) => {
    if (item === 'L') return (at) => weekdayOf(at) === 7;
    if (item.endsWith('L')) {
      const target = number(item.slice(0, -1), weekday);
      return (at) => weekdayOf(at) === target && at.day > lastDay(at) - 7;
    }
    const [, day, occurrence] = /^([^#]+)#([^#]+)$/.exec(item) ?? [];
    if (day !== undefined && occurrence !== undefined) {
      const target = number(day, weekday);
      const nth = number(occurrence, { name: 'the occurrence after #', from: 1, to: 5 });
      return (at) => weekdayOf(at) === target && Math.ceil(at.day / 7) === nth;
    }
    const matches = range(item, weekday);
    return (at) => matches(weekdayOf(at));
  });
}

function numbers(text: string, field: Field): (value: number) => boolean {
  return anyOf(text, (item) => range(item, field));
}

function anyOf<Value>(list: string, parse: (item: string) => (value: Value) => boolean) {
  const alternatives = list.toUpperCase().split(',').map(parse);
  return (value: Value): boolean => alternatives.some((matches) => matches(value));
}

/** `*`, `5`, `1-5`, and any of them with a step: `5/15` runs from 5 to the end of the field. */
function range(item: string, field: Field): (value: number) => boolean {
  const parts = /^([^/-]+)(?:-([^/-]+))?(?:\/([^/-]+))?$/.exec(item);
  if (!parts)
    throw new RangeError(
      `"${item}" in ${field.name} is not a value, a range such as 1-5 or a step such as 0/15`,
    );
  const [, first = '', last, stepText] = parts;
  const from = first === '*' ? field.from : number(first, field);
  const isOpen = last === undefined && (first === '*' || stepText !== undefined);
  const to = isOpen ? field.to : number(last ?? first, field);
  const step =
    stepText === undefined
      ? 1
      : number(stepText, { name: `the step of ${field.name}`, from: 1, to: field.to });
  if (to < from) throw new RangeError(`"${item}" of ${field.name} runs backwards`);
  return (value) => value >= from && value <= to && (value - from) % step === 0;
}

function number(text: string, { name, from, to, names }: Field): number {
  const named = names?.indexOf(text) ?? -1;
  const value = named >= 0 ? named + from : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  const orNames = names ? ` or ${names[0]} to ${names.at(-1)}` : '';
  throw new RangeError(`"${text}" in ${name} is not ${from} to ${to}${orNames}`);
}

/** 1 Sunday to 7 Saturday. */
function weekdayOf({ year, month, day }: Pick<WallClock, 'year' | 'month' | 'day'>): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}

function lastDay({ year, month }: WallClock): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The Monday to Friday nearest to `day` within its month. */
function nearestWorkday(at: WallClock, day: number): number {
  switch (weekdayOf({ ...at, day })) {
    case 7:
      return day > 1 ? day - 1 : day + 2;
    case 1:
      return day < lastDay(at) ? day + 1 : day - 2;
    default:
      return day;
  }
}
