/** The longest wait, because a queue delays no message for longer. */
const MAX_MS = 15 * 60_000;

/**
 * How long to wait after the `times`-th failure in a row, from 1: twice as long each time, at most fifteen minutes.
 * Milliseconds.
 */
export function backoffMs(times: number, firstMs: number): number {
  return Math.min(MAX_MS, firstMs * 2 ** Math.max(0, Math.min(times - 1, 30)));
}
