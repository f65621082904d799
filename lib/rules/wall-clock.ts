/** A local date and time, stored as the UTC milliseconds with the same date and time. Arithmetic on it meets no clock change. */
export type Shown = number;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Translates between instants (epoch milliseconds) and the local time of one time zone. */
export type WallClock = {
  /** The local time of an instant, to the second. */
  shownAt(instantMs: number): Shown;
  /**
   * The instants of local times of one day, in order. A time that the clocks show twice in autumn gives the first of its two
   * instants; a time that they skip in spring gives none.
   *
   * @param day the local midnight at which the day begins
   */
  instantsOf(day: Shown, hours: readonly number[], minutes: readonly number[]): number[];
};

/** @throws RangeError if the IANA database does not have the time zone */
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
      // No zone changes its clocks twice within three days, so only the offsets before and after the day are possible.
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

/**
 * A time in a time zone with its offset, to the second: `2026-11-20T18:00:00+08:00`.
 *
 * @throws RangeError if the IANA database does not have the time zone
 */
export function isoTimeIn(timezone: string, instantMs: number): string {
  const wholeMs = Math.floor(instantMs / 1000) * 1000;
  const shown = wallClock(timezone).shownAt(wholeMs);
  const minutes = Math.round(Math.abs(shown - wholeMs) / MINUTE_MS);
  const [hour = '', minute = ''] = [Math.floor(minutes / 60), minutes % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${new Date(shown).toISOString().slice(0, 19)}${shown < wholeMs ? '-' : '+'}${hour}:${minute}`;
}
