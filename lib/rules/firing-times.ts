import { type Cron, parseCron } from './cron.ts';
import type { Schedule } from './rules.ts';
import { DAY_MS, type Shown, wallClock } from './wall-clock.ts';

const MINUTE_MS = 60_000;

/** The times at which a schedule fires; all times are epoch milliseconds. */
export type FiringTimes = {
  /** Whether the schedule fires in the minute of this instant. */
  include(instantMs: number): boolean;
  /** The first firing time later than `after` and no later than `until`. */
  first(after: number, until?: number): number | undefined;
  /** The last firing time later than `after` and no later than `until`. */
  last(after: number, until: number): number | undefined;
};

/**
 * The firing times of a schedule, as EventBridge Scheduler fires: a time that the clocks skip in spring does not fire; a time
 * that the clocks show twice in autumn fires once, at the first of the two. The search goes day by day, because it can skip most
 * days of most schedules without reading their minutes.
 *
 * Source: EventBridge Scheduler User Guide, "Daylight savings time on EventBridge Scheduler".
 *
 * @throws RangeError if `cron` is not a cron expression, or `timezone` not a time zone
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
