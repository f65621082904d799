import type { Facts, Verdict } from './guard.ts';

/**
 * Guards whose refusal passes by itself: another remediation ends, a cooldown ends, a workload ends, a node comes to rest or
 * into the phase that the rule demands.
 */
const PASSING: readonly string[] = ['one-at-a-time', 'cooldown', 'no-workload', 'node-phase'];

/** The longest wait before a guard is evaluated again. */
export const ASKED_AGAIN_MS = 15 * 60_000;

/**
 * A verdict about a command that comes from an alert: a passing obstacle defers it, since the alert goes on firing and no
 * person acts on it. `evidenceAge` limits the wait. A person's command is refused: the person can ask again.
 */
export function asPassing(
  verdict: Verdict,
  { remediation }: Pick<Facts, 'remediation'>,
  now: number,
): Verdict {
  const { allowed, defers, handsOver, guard, until } = verdict;
  const isFinal = allowed || defers === true || handsOver === true || !PASSING.includes(guard);
  if (isFinal || remediation.alerts.length === 0) return verdict;
  const atMs = Math.min(now + ASKED_AGAIN_MS, until === undefined ? Infinity : Date.parse(until));
  return { ...verdict, defers: true, until: new Date(Math.max(atMs, now + 1_000)).toISOString() };
}
