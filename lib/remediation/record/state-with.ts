import type { NodeOutcome, Remediation } from '#lib/ledger/remediation';
import { withoutWaiting } from './refusal.ts';

/**
 * A remediation with other outcomes. Its state follows from them, unless some of its nodes are tried again, or a person decides.
 * Where one has failed, those that had to wait are left alone: what does not help is not done to further nodes.
 */
export function stateWith(
  { state }: Remediation,
  outcomes: Remediation['outcomes'],
): Partial<Pick<Remediation, 'state' | 'why' | 'outcomes'>> {
  const isTriedAgain = Object.values(outcomes).some((outcome) => outcome.state === 'running');
  const waits = isTriedAgain || state === 'deferred' || state === 'awaiting-approval';
  if (waits) return { outcomes };
  const states = Object.values(outcomes).map((outcome) => outcome.state);
  const isOver = states.includes('failed') && !states.includes('verifying');
  const after = isOver ? withoutWaiting(outcomes, 'another of its nodes has failed') : outcomes;
  return { ...summarise(Object.values(after)), outcomes: after };
}

function summarise(outcomes: readonly NodeOutcome[]): { state: Remediation['state']; why: string } {
  const of = (state: NodeOutcome['state']) => outcomes.filter((outcome) => outcome.state === state);
  if (of('verifying').length > 0) return { state: 'verifying', why: reasons(of('verifying')) };
  if (of('waiting').length > 0)
    return { state: 'deferred', why: `${of('waiting').length} nodes are left for the next call` };
  const failed = of('failed');
  // What was not seen broken moves no ladder on: a person looks at it.
  if (failed.length > 0 && failed.every(({ notKnown }) => notKnown))
    return { state: 'needs-human', why: `${reasons(failed)}; look at it in the console` };
  if (failed.length > 0) return { state: 'failed', why: reasons(failed) };
  return { state: 'succeeded', why: reasons(of('succeeded')) };
}

/** At most three different reasons, in one line. */
function reasons(outcomes: readonly NodeOutcome[]): string {
  return [...new Set(outcomes.map(({ why = '' }) => why))].slice(0, 3).join('; ');
}
