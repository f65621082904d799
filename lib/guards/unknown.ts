import type { Facts, Guard, Verdict } from './guard.ts';

/** A pool is read again for a command of which too little is known, each time twice as late, and at most so late. */
const LONGEST_PAUSE_MS = 15 * 60_000;

/**
 * The verdict of a guard that cannot know: the command is put off and the pool read again, until its evidence is too old and a
 * person is told.
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

/** A guard that has nothing to say of a target that the reading does not show: the guard of its presence speaks then. */
export function ofSeen(name: string, guard: Guard): Guard {
  return (facts, now) =>
    facts.node || (facts.nodePool && !facts.nodePool.unknown)
      ? guard(facts, now)
      : { guard: name, allowed: true, why: 'there is nothing to look at' };
}
