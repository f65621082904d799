import type { AttemptFailure } from './answer.ts';

const notSent = {
  outcome: 'not-sent',
  transient: true,
  throttled: false,
  credentialsRefused: false,
} as const;

/** The reason why a request must not be sent now, if there is one. All times in epoch milliseconds. */
export function whyNotSendable(state: {
  readonly now: number;
  /** End of the pause after a refused key. */
  readonly lockedUntilMs: number;
  readonly deadlineMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}): AttemptFailure | undefined {
  const { now, lockedUntilMs, deadlineMs, signal } = state;
  if (now < lockedUntilMs) {
    const reason =
      'the API refused this access key a moment ago, and further tries would lock it: check the key';
    return { ...notSent, code: 'credentials-refused', retryAfterMs: lockedUntilMs - now, reason };
  }
  if (signal?.aborted) return { ...notSent, code: 'aborted', reason: 'its caller gave up before it began' };
  if (deadlineMs !== undefined && deadlineMs <= now) {
    return { ...notSent, code: 'deadline-over', reason: `its deadline passed ${now - deadlineMs} ms ago` };
  }
  return undefined;
}
