import { MAX_RETRY_AFTER_MS } from '#lib/bounds';
import type { Classification } from '#lib/modelarts/client/classification';
import type { ClientLimits } from '#lib/modelarts/client/limits';

export interface FailedAttempt {
  readonly method: string;
  /** The number of the failed try, from 1. */
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
 * The wait before the next try, or `undefined` if there must be none.
 *
 * A read is repeated after every transient failure. A write is repeated only after a refusal for too many requests,
 * because it then certainly did nothing and has no other known fault. The API's own `Retry-After` counts exactly;
 * otherwise the wait is exponential with full jitter. There is no wait that would outlast the deadline.
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
 * Reads a `Retry-After` header (whole seconds, or an HTTP date) as milliseconds from `now` on: never negative, and at
 * most `MAX_RETRY_AFTER_MS`. `undefined` for any other text.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const waitMs = waitOf(value?.trim() ?? '', now);
  return waitMs === undefined ? undefined : Math.min(Math.max(0, waitMs), MAX_RETRY_AFTER_MS);
}

function waitOf(text: string, now: number): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // RFC 9110 5.6.7: all three forms of a date begin with a day's name. Date.parse alone would accept '5.5' as a date.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return undefined;
  // Only the obsolete asctime form carries no zone; it is GMT.
  const date = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(date) ? undefined : date - now;
}
