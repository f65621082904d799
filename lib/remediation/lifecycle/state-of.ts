import type { NodeOutcome, Remediation } from '#lib/ledger/remediation';
import type { Changes } from './move.ts';
import { withoutWaiting } from './outcomes.ts';

type Outcomes = Remediation['outcomes'];

/**
 * The phase that follows from outcomes, none of which waits for another call. What was not seen broken moves no ladder on: a
 * person looks at it. `isForPerson`: so does one at what was refused.
 */
export function phaseOf(
  outcomes: Outcomes,
  { isForPerson = false } = {},
): 'verifying' | 'needs-human' | 'failed' | 'succeeded' | 'skipped' {
  const of = (state: NodeOutcome['state']) =>
    Object.values(outcomes).filter((outcome) => outcome.state === state);
  const failed = of('failed');
  if (of('verifying').length > 0) return 'verifying';
  if (isForPerson || (failed.length > 0 && failed.every(({ notKnown }) => notKnown))) return 'needs-human';
  if (failed.length > 0) return 'failed';
  return of('succeeded').length > 0 ? 'succeeded' : 'skipped';
}

/**
 * What a look at its targets changes of a remediation. Its phase follows from the outcomes, unless some of its nodes are tried
 * again, or a person decides. Where one has failed, those that had to wait are left alone: what does not help is not done to
 * further nodes.
 */
export function stateWith({ phase }: Remediation, outcomes: Outcomes): Changes {
  const states = Object.values(outcomes).map(({ state }) => state);
  if (states.includes('running') || phase === 'waiting' || phase === 'planned') return { outcomes };
  const isOver = states.includes('failed') && !states.includes('verifying');
  const after = isOver ? withoutWaiting(outcomes, 'another of its nodes has failed') : outcomes;
  const waiting = Object.values(after).filter(({ state }) => state === 'waiting');
  const next = phaseOf(after);
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
