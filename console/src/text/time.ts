import { clockIn as clockInZone, spanText, timeIn as timeInZone } from '#lib/sentences/time';

export { spanText };

/** The zone of the browser, for pools that have none. */
export function browserZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The zone in which the times of a card are, such as `times in Asia/Shanghai (+08:00)`; `iso`: a moment, for the offset. */
export function zoneNote(zone: string | undefined, iso: string): string {
  return `times in ${zone ?? browserZone()} (${timeIn(zone, iso).slice(-6)})`;
}

/** A time in full, such as `2026-11-20 18:00:05 +08:00`. A text that is no time stays as it is. */
export function timeIn(zone: string | undefined, iso: string): string {
  return timeInZone(zone ?? browserZone(), iso);
}

/** Only the clock of a time, such as `18:00:05`. */
export function clockIn(zone: string | undefined, iso: string): string {
  return clockInZone(zone ?? browserZone(), iso);
}

/** The day and the minute, for a time that is days away: `2026-11-21 22:00 +08:00`. */
export function dayIn(zone: string | undefined, iso: string): string {
  return timeIn(zone, iso).replace(/:\d\d (?=[+-])/, ' ');
}

/** A span in its largest unit alone, such as `6 min`: for lists. */
function roughSpan(spanMs: number): string {
  return spanText(spanMs).split(' ').slice(0, 2).join(' ');
}

/** How far a time is from now: `3 min ago`, `in 2 h`, `now`. */
export function relativeTo(iso: string, nowMs: number): string {
  const distanceMs = Date.parse(iso) - nowMs;
  if (Number.isNaN(distanceMs)) return iso;
  if (Math.abs(distanceMs) < 2_000) return 'now';
  return distanceMs < 0 ? `${roughSpan(-distanceMs)} ago` : `in ${roughSpan(distanceMs)}`;
}
