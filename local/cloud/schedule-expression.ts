import { fieldRanges, parseDayOfMonth, parseDayOfWeek, parseNumbers } from './cron-fields.ts';
import { zonedTime } from './zoned-time.ts';

/** The first time after `afterMs` (milliseconds since the epoch), or undefined when there is none left. */
export type NextRun = (afterMs: number) => number | undefined;

const minuteMs = 60_000;
const unitMs = { minute: minuteMs, hour: 60 * minuteMs, day: 24 * 60 * minuteMs };

/**
 * Reads `rate(value unit)` and `cron(minutes hours day-of-month month day-of-week year)` as EventBridge does
 * (EventBridge Scheduler User Guide, "Schedule types"):
 *
 * - a rate counts from `startMs`, not from the wall clock;
 * - a cron time that the clocks skip in spring is skipped, one that they show twice in autumn happens once;
 * - one of day-of-month and day-of-week must be `?`.
 *
 * Not read: `at(…)`.
 *
 * @throws {RangeError} saying which field is wrong
 */
export function parseScheduleExpression(expression: string, timeZone: string, startMs: number): NextRun {
  const [, kind, content = ''] = /^(rate|cron)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'rate') return parseRate(content, expression, startMs);
  if (kind === 'cron') return parseCron(content.trim().split(/\s+/), expression, timeZone);
  throw new RangeError(`"${expression}" is neither rate(…) nor cron(…)`);
}

function parseRate(content: string, expression: string, startMs: number): NextRun {
  const [, value, unit] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(content.trim()) ?? [];
  if (unit !== 'minute' && unit !== 'hour' && unit !== 'day') {
    throw new RangeError(
      `"${expression}" is not like rate(5 minutes): a whole number of minutes, hours or days`,
    );
  }
  const everyMs = Number(value) * unitMs[unit];
  return (afterMs) => startMs + Math.max(1, Math.floor((afterMs - startMs) / everyMs) + 1) * everyMs;
}

function parseCron(fields: readonly string[], expression: string, timeZone: string): NextRun {
  const [
    minuteField = '',
    hourField = '',
    dayField = '',
    monthField = '',
    weekdayField = '',
    yearField = '',
  ] = fields;
  if (fields.length !== 6) throw new RangeError(`"${expression}" has ${fields.length} fields, not six`);
  if ((dayField === '?') === (weekdayField === '?')) {
    throw new RangeError(`"${expression}": exactly one of day-of-month and day-of-week must be "?"`);
  }
  const minutes = sorted(parseNumbers(minuteField, fieldRanges.minutes));
  const hours = sorted(parseNumbers(hourField, fieldRanges.hours));
  const months = parseNumbers(monthField, fieldRanges.month);
  const years = parseNumbers(yearField, fieldRanges.year);
  const isRunDay = dayField === '?' ? parseDayOfWeek(weekdayField) : parseDayOfMonth(dayField);
  const zone = zonedTime(timeZone);
  const lastYear = Math.max(...years);

  return (afterMs) => {
    const day = new Date(zone.toLocal(afterMs));
    day.setUTCHours(0, 0, 0, 0);
    for (; day.getUTCFullYear() <= lastYear; day.setUTCDate(day.getUTCDate() + 1)) {
      if (!years.has(day.getUTCFullYear()) || !months.has(day.getUTCMonth() + 1) || !isRunDay(day)) continue;
      for (const hour of hours) {
        for (const minute of minutes) {
          const instant = zone.toInstant(day.getTime() + hour * unitMs.hour + minute * minuteMs);
          if (instant !== undefined && instant > afterMs) return instant;
        }
      }
    }
    return undefined;
  };
}

const sorted = (numbers: ReadonlySet<number>): number[] => [...numbers].sort((left, right) => left - right);
