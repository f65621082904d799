import { parseCron, type WallClock } from './cron.ts';
import type { Schedule } from './rules.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Says whether a schedule fires in the minute that begins at an instant, in epoch milliseconds. */
export type FiresAt = (instantMs: number) => boolean;

/**
 * The firing times of a schedule as EventBridge Scheduler has them: a time that the clocks skip in spring is skipped, one that
 * they show twice in autumn happens once, at the first of the two.
 *
 * Source: EventBridge Scheduler User Guide, "Daylight savings time on EventBridge Scheduler".
 */
export function firingTimes({ cron, timezone }: Pick<Schedule, 'cron' | 'timezone'>): FiresAt {
  const matches = parseCron(cron);
  const read = clockIn(timezone);
  return (instantMs) => {
    const minuteMs = Math.floor(instantMs / MINUTE_MS) * MINUTE_MS;
    return matches(wallClock(read(minuteMs))) && !isRepeated(minuteMs, read);
  };
}

/**
 * The last time at which a schedule fires after one instant and not after another.
 *
 * @returns epoch milliseconds, or undefined
 */
export function lastFiring(firesAt: FiresAt, after: number, until: number): number | undefined {
  const first = Math.floor(after / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  for (let minute = Math.floor(until / MINUTE_MS) * MINUTE_MS; minute >= first; minute -= MINUTE_MS) {
    if (firesAt(minute)) return minute;
  }
  return undefined;
}

/** Reads the clocks of a time zone: what they show, kept as the UTC milliseconds that show the same. */
function clockIn(timezone: string): (instantMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (instantMs) => {
    const parts = new Map(format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
  };
}

/** Whether the clocks have shown the same before: they were put back in between. */
function isRepeated(instantMs: number, read: (instantMs: number) => number): boolean {
  const shown = read(instantMs);
  const dayBefore = instantMs - DAY_MS;
  const withOffsetBefore = shown - (read(dayBefore) - dayBefore);
  return withOffsetBefore < instantMs && read(withOffsetBefore) === shown;
}

function wallClock(shown: number): WallClock {
  const date = new Date(shown);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
  };
}
