const formats = new Map<string, Intl.DateTimeFormat>();

/** The clock of an IANA zone. An unknown zone is UTC: a person still gets a right time. */
function formatIn(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = makeFormat(zone) ?? makeFormat('UTC') ?? new Intl.DateTimeFormat('en-GB');
  formats.set(zone, made);
  return made;
}

function makeFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'longOffset',
    });
  } catch {
    return undefined;
  }
}

/** A time in a zone: `day` as `2026-11-20`, `clock` as `18:00:05`, `offset` as `+08:00`. Undefined if `iso` is no time. */
function partsIn(zone: string, iso: string): { day: string; clock: string; offset: string } | undefined {
  const instantMs = Date.parse(iso);
  if (Number.isNaN(instantMs)) return undefined;
  const parts = new Map(
    formatIn(zone)
      .formatToParts(instantMs)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  return {
    day: `${part('year')}-${part('month')}-${part('day')}`,
    clock: `${part('hour')}:${part('minute')}:${part('second')}`,
    offset: part('timeZoneName').replace(/^GMT/, '') || '+00:00',
  };
}

/** A time in full, such as `2026-11-20 18:00:05 +08:00`. A text that is no time stays as it is. */
export function timeIn(zone: string, iso: string): string {
  const parts = partsIn(zone, iso);
  return parts ? `${parts.day} ${parts.clock} ${parts.offset}` : iso;
}

/** Only the clock of a time, such as `18:00:05`. A text that is no time stays as it is. */
export function clockIn(zone: string, iso: string): string {
  return partsIn(zone, iso)?.clock ?? iso;
}

/** A span of time in its two largest units, such as `6 min 12 s`. A negative span is none. */
export function spanText(spanMs: number): string {
  const seconds = Math.max(0, Math.round(spanMs / 1000));
  const units: readonly [string, number][] = [
    ['d', Math.floor(seconds / 86_400)],
    ['h', Math.floor(seconds / 3600) % 24],
    ['min', Math.floor(seconds / 60) % 60],
    ['s', seconds % 60],
  ];
  const first = units.findIndex(([, count]) => count > 0);
  if (first === -1) return '0 s';
  return units
    .slice(first, first + 2)
    .filter(([, count]) => count > 0)
    .map(([unit, count]) => `${count} ${unit}`)
    .join(' ');
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * A span of time without its small parts: to the minute from two minutes on, to the hour from two hours on. A text about an age is
 * the same for as long, so that no document is written, and no answer sent again, for a second.
 */
export function roundedSpanText(spanMs: number): string {
  const stepMs = spanMs < 2 * MINUTE_MS ? SECOND_MS : spanMs < 2 * HOUR_MS ? MINUTE_MS : HOUR_MS;
  return spanText(Math.round(spanMs / stepMs) * stepMs);
}
