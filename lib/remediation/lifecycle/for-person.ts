import type { Phase } from '#lib/ledger/phase';
import type { Remediation } from '#lib/ledger/remediation';
import type { Changes } from './move.ts';

/** Ends that send no person to a remediation. */
const QUIET_ENDS: readonly Phase[] = ['succeeded', 'skipped', 'failed'];

/** The most targets that the reason names. */
const MAX_NAMED = 3;

/**
 * If a target was left to a person, the remediation ends with a person, too. Otherwise no person would hear of that target after the
 * others have succeeded or were refused.
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
