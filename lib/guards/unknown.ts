import type { Facts, Guard, Verdict } from './guard.ts';

/**
 * Longest wait before the pool is read again for a command with unknown facts. Each wait is twice the one before, up to this.
 */
const LONGEST_PAUSE_MS = 15 * 60_000;

/**
 * The verdict of a guard without the facts: it defers the command, and the pool is read again until the evidence is too old
 * and a person gets a notice.
 */
export function unknown(
  guard: string,
  why: string,
  { remediation: { deferrals = 0 }, waits }: Pick<Facts, 'remediation' | 'waits'>,
  now: number,
): Verdict {
  const pauseMs = Math.min(waits.retryMs * 2 ** Math.min(deferrals, 10), LONGEST_PAUSE_MS);
  const until = new Date(now + pauseMs).toISOString();
  return { guard, allowed: false, defers: true, unknown: true, until, why };
}

/** The guard has no verdict on a target that is missing from the reading. The guard of its presence judges that. */
export function ofSeen(name: string, guard: Guard): Guard {
  return (facts, now) =>
    facts.node || (facts.nodePool && !facts.nodePool.unknown)
      ? guard(facts, now)
      : { guard: name, allowed: true, why: 'the pool does not show the target' };
}
