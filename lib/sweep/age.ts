/**
 * Work that no process has touched for this long is not under way any more. No function runs longer than a minute, and SQS
 * delivers a dead process's message again after the visibility timeout of 370 seconds, and once more after another. Any
 * progress without the sweep comes within this time.
 */
export const STRANDED_MS = 15 * 60_000;

/** Whether that long has passed since a time. `now`: epoch milliseconds. */
export function isLongPast(isoTime: string, now: number): boolean {
  return now - Date.parse(isoTime) >= STRANDED_MS;
}
