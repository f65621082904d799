/** A wall-clock reading, kept as the UTC milliseconds that read the same: arithmetic on it never meets a clock change. */
export type LocalMs = number;

/** Translates between instants and what clocks in one place show. */
export interface ZonedTime {
  toLocal(epochMs: number): LocalMs;
  /** The first instant at which clocks show this, or undefined when they skip it (spring). */
  toInstant(localMs: LocalMs): number | undefined;
}

const dayMs = 24 * 3_600_000;

/** @throws {RangeError} for a time zone that the IANA database does not know */
export function zonedTime(timeZone: string): ZonedTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });

  function toLocal(epochMs: number): LocalMs {
    const parts = Object.fromEntries(
      format.formatToParts(epochMs).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  }

  function toInstant(localMs: LocalMs): number | undefined {
    // The offsets in force a day before and a day after are the only ones that can be in force now.
    const offsets = [localMs - dayMs, localMs + dayMs].map((nearby) => toLocal(nearby) - nearby);
    const instants = offsets
      .map((offset) => localMs - offset)
      .filter((instant) => toLocal(instant) === localMs);
    return instants.length === 0 ? undefined : Math.min(...instants);
  }

  return { toLocal, toInstant };
}
