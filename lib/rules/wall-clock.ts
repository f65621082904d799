/** What a clock on the wall shows, kept as the UTC milliseconds that show the same: arithmetic on it meets no clock change. */
export type Shown = number;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Translates between instants, in epoch milliseconds, and what the clocks of one time zone show. */
export type WallClock = {
  /** To the second. */
  shownAt(instantMs: number): Shown;
  /**
   * The instants at which the clocks show times of one day, in order: of a time that they show twice in autumn the first, of
   * one that they skip in spring none.
   *
   * @param day the midnight with which it begins, as shown
   */
  instantsOf(day: Shown, hours: readonly number[], minutes: readonly number[]): number[];
};

/** @throws RangeError for a time zone that the IANA database does not know */
export function wallClock(timezone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });

  function shownAt(instantMs: number): Shown {
    const parts = new Map(format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
  }

  return {
    shownAt,
    instantsOf(day, hours, minutes) {
      // No zone changes its clocks twice within three days: the offsets before the day and after it are all that it can have.
      const [before = 0, after = 0] = [day - DAY_MS, day + 2 * DAY_MS].map((near) => shownAt(near) - near);
      return hours.flatMap((hour) =>
        minutes.flatMap((minute) => {
          const shown = day + hour * HOUR_MS + minute * MINUTE_MS;
          if (before === after) return [shown - before];
          const instants = [shown - before, shown - after].filter((instant) => shownAt(instant) === shown);
          return instants.length === 0 ? [] : [Math.min(...instants)];
        }),
      );
    },
  };
}
