import type { Facts, Verdict } from './guard.ts';

/**
 * Guards that refuse for something that passes by itself: another remediation ends, a cooldown ends, a workload ends, a node
 * comes to rest or into the phase that the rule demands.
 */
const PASSING: readonly string[] = ['one-at-a-time', 'cooldown', 'no-workload', 'node-phase'];

/** How soon at the latest a guard is asked again. */
export const ASKED_AGAIN_MS = 15 * 60_000;

/**
 * A verdict about a command that comes from an alert: what will pass puts it off, as the alert goes on firing and nobody else
 * sees to it. How long it is put off at most is for `evidenceAge` to say. A command of a person is refused: they can ask again.
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
