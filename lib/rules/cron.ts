/** A day on the calendar: `month` 1 to 12. */
export type Day = { year: number; month: number; day: number };

/** The firing times of a cron expression: each of `minutes`, in each of `hours`, on each matching day. */
export type Cron = {
  /** In ascending order, as `hours` are. */
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly isItsDay: (day: Day) => boolean;
  /** The last year with a matching day. */
  readonly lastYear: number;
};

/**
 * Reads an EventBridge cron expression: six fields (minutes, hours, day of month, month, day of week, year), with `*`,
 * lists, ranges, steps, the names `JAN` to `DEC` and `SUN` to `SAT` (1 is Sunday), `L`, `W` and `#`; one of the two day
 * fields is `?`.
 *
 * Source: Amazon EventBridge Scheduler User Guide, "Schedule types", Cron-based schedules.
 *
 * @throws RangeError; its message continues the text "… is not a cron expression: "
 */
export function parseCron(expression: string): Cron {
  const fields = expression.trim().split(/\s+/);
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields;
  if (!minutes || !hours || !dayOfMonth || !month || !dayOfWeek || !year || fields.length > 6) {
    throw new RangeError(
      `it has ${fields.length === 1 ? 'one field' : `${fields.length} fields`}, not the six minutes hours day-of-month month day-of-week year`,
    );
  }
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new RangeError(
      'exactly one of day-of-month (the third field) and day-of-week (the fifth) must be ?',
    );
  }

  const minutesInHour = numbers(minutes, { name: 'minutes', from: 0, to: 59 });
  const hoursInDay = numbers(hours, { name: 'hours', from: 0, to: 23 });
  const months = new Set(numbers(month, { name: 'month', from: 1, to: 12, names: monthNames }));
  const years = new Set(numbers(year, { name: 'year', from: 1970, to: 2199 }));
  const isInMonth = dayOfWeek === '?' ? daysOfMonth(dayOfMonth) : daysOfWeek(dayOfWeek);

  return {
    minutes: minutesInHour,
    hours: hoursInDay,
    isItsDay: (day) => years.has(day.year) && months.has(day.month) && isInMonth(day),
    lastYear: Math.max(...years),
  };
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

function daysOfMonth(text: string): Cron['isItsDay'] {
  return anyOf(text, (item) => {
    if (item === 'L') return (at) => at.day === lastDay(at);
    if (item === 'LW') return (at) => at.day === nearestWorkday(at, lastDay(at));
    if (item.endsWith('W')) {
      const target = number(item.slice(0, -1), monthDay);
      return (at) => target <= lastDay(at) && at.day === nearestWorkday(at, target);
    }
    const days = range(item, monthDay);
    return (at) => days.includes(at.day);
  });
}

function daysOfWeek(text: string): Cron['isItsDay'] {
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
    const days = range(item, weekday);
    return (at) => days.includes(weekdayOf(at));
  });
}

function numbers(text: string, field: Field): number[] {
  const all = new Set(itemsOf(text).flatMap((item) => range(item, field)));
  return [...all].toSorted((one, other) => one - other);
}

function anyOf(list: string, parse: (item: string) => Cron['isItsDay']): Cron['isItsDay'] {
  const alternatives = itemsOf(list).map(parse);
  return (day) => alternatives.some((matches) => matches(day));
}

const itemsOf = (list: string): string[] => list.toUpperCase().split(',');

/** `*`, `5`, `1-5`, and any of them with a step: `5/15` runs from 5 to the end of the field. */
function range(item: string, field: Field): number[] {
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
  if (to < from)
    throw new RangeError(`"${item}" of ${field.name} runs backwards: write the smaller value first`);
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}

function number(text: string, { name, from, to, names }: Field): number {
  const named = names?.indexOf(text) ?? -1;
  const value = named >= 0 ? named + from : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  const orNames = names ? ` or ${names[0]} to ${names.at(-1)}` : '';
  throw new RangeError(`"${text}" in ${name} is not ${from} to ${to}${orNames}`);
}

/** 1 Sunday to 7 Saturday. */
function weekdayOf({ year, month, day }: Day): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}

function lastDay({ year, month }: Day): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The Monday to Friday nearest to `day` within its month. */
function nearestWorkday(at: Day, day: number): number {
  switch (weekdayOf({ ...at, day })) {
    case 7:
      return day > 1 ? day - 1 : day + 2;
    case 1:
      return day < lastDay(at) ? day + 1 : day - 2;
    default:
      return day;
  }
}
