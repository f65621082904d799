import { MAX_RETRY_AFTER_MS } from '#lib/bounds';
import type { Classification } from '#lib/modelarts/client/classification';
import type { ClientLimits } from '#lib/modelarts/client/limits';

export interface FailedAttempt {
  readonly method: string;
  /** The one that just failed, from 1. */
  readonly attempt: number;
  readonly failure: Classification & { readonly retryAfterMs?: number | undefined };
  readonly limits: Pick<ClientLimits, 'maxAttempts' | 'baseDelayMs' | 'maxDelayMs'>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly deadlineMs?: number | undefined;
  /** In [0, 1). */
  readonly random: number;
}

/**
 * Says how long to wait before the next try, or `undefined` when there must be none.
 *
 * A read is tried again after every transient failure. A write is tried again only when it was refused for coming too
 * often: then it certainly did nothing, and nothing else is known to be wrong with it. The API's own `Retry-After` counts
 * exactly; otherwise the wait is exponential with full jitter. A wait that would outlast the deadline is not begun.
 */
export function retryDelayMs(failed: FailedAttempt): number | undefined {
  const { method, attempt, failure, limits, now, deadlineMs = Number.POSITIVE_INFINITY, random } = failed;
  const mayRepeat = method === 'GET' ? failure.transient : failure.throttled && failure.outcome === 'refused';
  if (!mayRepeat || attempt >= limits.maxAttempts) return undefined;
  const ceilingMs = Math.min(limits.maxDelayMs, limits.baseDelayMs * 2 ** (attempt - 1));
  const delayMs = failure.retryAfterMs ?? Math.floor(random * ceilingMs);
  return delayMs <= limits.maxDelayMs && now + delayMs < deadlineMs ? delayMs : undefined;
}

/**
 * Reads a `Retry-After` header: whole seconds, or an HTTP date, as milliseconds from `now` on; never negative, and never more
 * than `MAX_RETRY_AFTER_MS`. `undefined` for anything else.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const waitMs = waitOf(value?.trim() ?? '', now);
  return waitMs === undefined ? undefined : Math.min(Math.max(0, waitMs), MAX_RETRY_AFTER_MS);
}

function waitOf(text: string, now: number): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // RFC 9110 5.6.7: all three forms of a date begin with a day's name. Date.parse alone would take '5.5' for a date.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return undefined;
  // Only the obsolete asctime form carries no zone; it is GMT.
  const date = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(date) ? undefined : date - now;
}
