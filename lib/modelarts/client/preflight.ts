import type { AttemptFailure } from './answer.ts';

/** The classification of a request that was not sent. */
export const notSent = {
  outcome: 'not-sent',
  transient: true,
  throttled: false,
  credentialsRefused: false,
} as const;

/** The reason why a request must not be sent now, if there is one. All times in epoch milliseconds. */
export function whyNotSendable(state: {
  readonly now: number;
  readonly deadlineMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}): AttemptFailure | undefined {
  const { now, deadlineMs, signal } = state;
  if (signal?.aborted) return { ...notSent, code: 'aborted', reason: 'its caller gave up before it began' };
  if (deadlineMs !== undefined && deadlineMs <= now) {
    return { ...notSent, code: 'deadline-over', reason: `its deadline passed ${now - deadlineMs} ms ago` };
  }
  return undefined;
}
