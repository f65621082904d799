import { spanText, timeIn } from '#lib/sentences/time';

/** The zone of this machine: people at a terminal read its clock. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A time in a column: the clock today, otherwise the day with it. At most 11 characters. */
export function shortTime(iso: string, nowMs: number, zone = ZONE): string {
  const [day = '', clock = ''] = timeIn(zone, iso).split(' ');
  const [today] = timeIn(zone, new Date(nowMs).toISOString()).split(' ');
  return day === today ? clock : `${day.slice(5)} ${clock.slice(0, 5)}`;
}

/** `3 min ago`, in its largest unit. */
export function ago(iso: string, nowMs: number): string {
  return `${coarse(nowMs - Date.parse(iso))} ago`;
}

/** A span in its largest unit: `6 min`. */
export function coarse(spanMs: number): string {
  return spanText(spanMs).split(' ').slice(0, 2).join(' ');
}

export const SHORT_ID = 12;

/** An id in a column. Ids that are random or hashes are cut: their beginning is enough for every command. */
export function shortId(id: string): string {
  return id.replace(/^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/, (all) =>
    all.slice(0, SHORT_ID),
  );
}

const ISO_TIME = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})/g;

const HASHES = /\b[0-9a-f]{32}\b/g;

/** A text of the system for a person: its times in the zone of the reader, and ids of remediations cut. Ids of jobs stay whole. */
export function readable(text: string, zone = ZONE): string {
  return text.replaceAll(ISO_TIME, (iso) => timeIn(zone, iso)).replaceAll(HASHES, shortId);
}
