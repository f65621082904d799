/**
 * What nobody has touched for this long is not under way any more. No function runs longer than a minute, and a message whose
 * process died is delivered again after its visibility timeout of 370 seconds, and once more after another: whatever was to
 * come of it by itself has come by then.
 */
export const STRANDED_MS = 15 * 60_000;

/** Whether that long has passed since a time. `now`: epoch milliseconds. */
export function isLongPast(isoTime: string, now: number): boolean {
  return now - Date.parse(isoTime) >= STRANDED_MS;
}
