import { CommandError } from './failure.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The forms that {@link parseTime} reads, for the help of a flag. */
export const TIME_FORMS = '2026-11-20T03:00, 03:00, or 2h for two hours ago';

/**
 * A time that a person types: an ISO 8601 time (without an offset: of this machine), a clock such as `03:00` (the last time that it showed that),
 * or a span such as `90m`, `6h`, `2d` (ago).
 *
 * @returns epoch milliseconds
 * @throws CommandError
 */
export function parseTime(text: string, nowMs: number, zoneOffset = offsetOfThisMachine): number {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return nowMs - Number(count) * (UNITS[unit] ?? 0);
  const [, hours, minutes, seconds = '0'] = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? [];
  if (hours !== undefined && minutes !== undefined && Number(hours) < 24 && Number(minutes) < 60) {
    const offsetMs = zoneOffset(nowMs);
    const midnight = Math.floor((nowMs + offsetMs) / 86_400_000) * 86_400_000 - offsetMs;
    const at = midnight + (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
    return at <= nowMs ? at : at - 86_400_000;
  }
  const iso = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text)
    ? Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text.replace(' ', 'T'))
    : Number.NaN;
  if (Number.isNaN(iso))
    throw new CommandError(`${JSON.stringify(text)} is no time. Write it as ${TIME_FORMS}.`, 'usage');
  return iso;
}

/** A time for a parameter of a request. */
export function isoOf(text: string | undefined, nowMs: number): string | undefined {
  return text === undefined ? undefined : new Date(parseTime(text, nowMs)).toISOString();
}

function offsetOfThisMachine(atMs: number): number {
  return -new Date(atMs).getTimezoneOffset() * 60_000;
}
