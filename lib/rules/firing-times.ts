import { type Cron, parseCron } from './cron.ts';
import type { Schedule } from './rules.ts';
import { DAY_MS, type Shown, wallClock } from './wall-clock.ts';

const MINUTE_MS = 60_000;

/** The times at which a schedule fires; all times are epoch milliseconds. */
export type FiringTimes = {
  /** Whether it fires in the minute of an instant. */
  include(instantMs: number): boolean;
  /** The first after one time and not after another. */
  first(after: number, until?: number): number | undefined;
  /** The last after one time and not after another. */
  last(after: number, until: number): number | undefined;
};

/**
 * The firing times of a schedule as EventBridge Scheduler has them: a time that the clocks skip in spring is skipped, one that
 * they show twice in autumn happens once, at the first of the two. They are looked for by days, as most days of most
 * schedules can be told apart at a glance.
 *
 * Source: EventBridge Scheduler User Guide, "Daylight savings time on EventBridge Scheduler".
 *
 * @throws RangeError for what is no cron expression, or no time zone
 */
export function firingTimes({ cron, timezone }: Pick<Schedule, 'cron' | 'timezone'>): FiringTimes {
  const parsed = parseCron(cron);
  const clock = wallClock(timezone);
  const dayOf = (instantMs: number) => Math.floor(clock.shownAt(instantMs) / DAY_MS) * DAY_MS;
  const timesOn = (day: Shown) =>
    isItsDay(parsed, day) ? clock.instantsOf(day, parsed.hours, parsed.minutes) : [];

  function last(after: number, until: number): number | undefined {
    const firstDay = dayOf(after);
    for (let day = dayOf(until); day >= firstDay; day -= DAY_MS) {
      const found = timesOn(day).findLast((time) => time <= until);
      if (found !== undefined) return found > after ? found : undefined;
    }
    return undefined;
  }

  return {
    last,
    include(instantMs) {
      const minuteMs = Math.floor(instantMs / MINUTE_MS) * MINUTE_MS;
      return last(minuteMs - 1, minuteMs) !== undefined;
    },
    first(after, until = Number.POSITIVE_INFINITY) {
      const end = Math.min(until, Date.UTC(parsed.lastYear + 1, 0, 2));
      for (let day = dayOf(after); day <= end + DAY_MS; day += DAY_MS) {
        const found = timesOn(day).find((time) => time > after);
        if (found !== undefined) return found <= until ? found : undefined;
      }
      return undefined;
    },
  };
}

function isItsDay(cron: Cron, shown: Shown): boolean {
  const date = new Date(shown);
  return cron.isItsDay({
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
  });
}
