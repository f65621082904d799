import type { Remediation } from '#lib/ledger/remediation';
import type { NodeOutcome } from '#lib/ledger/remediation-fields';
import { isVerifying } from '#lib/remediation/record/outcome';
import type { Changes } from './move.ts';
import { isBegun, withoutWaiting } from './outcomes.ts';

type Outcomes = Remediation['outcomes'];

/**
 * The phase that follows from outcomes without a waiting target. If every failed target only has an unknown state, a person must
 * look at it, and no ladder goes on.
 *
 * @param isForPerson whether the refused targets also need a person.
 */
export function phaseOf(
  outcomes: Outcomes,
  { isForPerson = false } = {},
): 'verifying' | 'needs-human' | 'failed' | 'succeeded' | 'skipped' {
  if (isForPerson && !isVerifying({ outcomes })) return 'needs-human';
  return isBegun({ outcomes }) ? phaseAfterCall(outcomes) : 'skipped';
}

/** The same if a call was made for at least one target. */
export function phaseAfterCall(outcomes: Outcomes): 'verifying' | 'needs-human' | 'failed' | 'succeeded' {
  if (isVerifying({ outcomes })) return 'verifying';
  const failed = Object.values(outcomes).filter(({ state }) => state === 'failed');
  if (failed.length === 0) return 'succeeded';
  return failed.every(({ notKnown }) => notKnown) ? 'needs-human' : 'failed';
}

/**
 * The changes of a remediation whose targets were checked. Its phase follows from the outcomes, unless some of its targets are
 * tried again, or a person decides on its plan. If one has failed, the waiting ones are left alone: Poolkeeper does not repeat an
 * action on further nodes if it did not help.
 */
export function stateWith(
  { phase }: Remediation,
  outcomes: Outcomes,
): Changes<ReturnType<typeof phaseAfterCall> | 'waiting'> {
  const states = Object.values(outcomes).map(({ state }) => state);
  if (states.includes('running') || !isBegun({ outcomes })) return { outcomes };
  if (phase === 'waiting' || phase === 'planned') return { outcomes };
  const isOver = states.includes('failed') && !states.includes('verifying');
  const after = isOver ? withoutWaiting(outcomes, 'another of its nodes has failed') : outcomes;
  const waiting = Object.values(after).filter(({ state }) => state === 'waiting');
  const next = phaseAfterCall(after);
  if (waiting.length > 0 && next !== 'verifying') {
    return { phase: 'waiting', why: `${waiting.length} nodes are left for the next call`, outcomes: after };
  }
  const why = reasons(after, next === 'needs-human' ? 'failed' : next);
  return {
    phase: next,
    why: next === 'needs-human' ? `${why}; look at it in the console` : why,
    outcomes: after,
  };
}

/** At most three different reasons of outcomes in a state, in one line. */
function reasons(outcomes: Outcomes, of: NodeOutcome['state']): string {
  const why = Object.values(outcomes).flatMap((outcome) => (outcome.state === of ? [outcome.why ?? ''] : []));
  return [...new Set(why)].slice(0, 3).join('; ');
}
