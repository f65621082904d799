import type { Phase } from '#lib/ledger/phase';
import type { Remediation } from '#lib/ledger/remediation';
import type { Changes } from './move.ts';

/** Ends after which nobody looks at a remediation any more. */
const QUIET_ENDS: readonly Phase[] = ['succeeded', 'skipped', 'failed'];

/** As many targets are named to the person. */
const MAX_NAMED = 3;

/**
 * Sees to it that a remediation with a target that was left to a person does not end without one: the others may have gone, or
 * have been refused, and of this one nobody would hear.
 */
export function withPerson(current: Remediation, changes: Changes): Changes {
  const { phase, why = current.why, outcomes = current.outcomes } = changes;
  if (phase === undefined || !QUIET_ENDS.includes(phase)) return changes;
  const left = Object.entries(outcomes).filter(([, outcome]) => outcome.forPerson);
  if (left.length === 0) return changes;
  const named = left.slice(0, MAX_NAMED).map(([target, outcome]) => `${target}: ${outcome.why}`);
  const more = left.length > named.length ? ` (and ${left.length - named.length} more)` : '';
  return {
    ...changes,
    phase: 'needs-human',
    why: `${named.join('; ')}${more}. The others: ${phase}${why === undefined ? '' : `, ${why}`}`,
  };
}
