import type { RemediationState } from '#lib/rules/state';

/** The states that nothing but a person changes any more. */
export const ENDS = [
  'observed',
  'skipped',
  'succeeded',
  'failed',
  'escalated',
  'needs-human',
  'rejected',
] as const;
const ENDED: ReadonlySet<RemediationState> = new Set(ENDS);

/**
 * The phases of a remediation. `undecided`: its guards have yet to be asked. `waiting`: it comes back by itself. `planned`: its plan waits for
 * an approval. `calling`: it is part of a call, and what came of that is not on record. `running`: its call was accepted. `verifying`: its
 * targets are looked at. `rung-failed`: it did not help, and its ladder goes on from it. It has ended in every other.
 */
export const phases = [
  'undecided',
  'waiting',
  'planned',
  'calling',
  'running',
  'verifying',
  'rung-failed',
  ...ENDS,
] as const;
export type Phase = (typeof phases)[number];

export function hasEnded(state: RemediationState): boolean {
  return ENDED.has(state);
}

const STATES: Readonly<Record<Exclude<Phase, 'rung-failed'>, RemediationState>> = {
  undecided: 'submitting',
  waiting: 'deferred',
  planned: 'awaiting-approval',
  calling: 'submitting',
  running: 'running',
  verifying: 'verifying',
  observed: 'observed',
  skipped: 'skipped',
  succeeded: 'succeeded',
  failed: 'failed',
  escalated: 'escalated',
  'needs-human': 'needs-human',
  rejected: 'rejected',
};

/** From these a rung that did not help is shown as `submitting`, as there is no look at it that would go on: the sweep sees to it. */
const WITHOUT_LOOKS: readonly Phase[] = ['undecided', 'waiting', 'calling', 'succeeded'];

/** The state as which people and the indexes know a phase. `before`: the phase that it was in. */
export function stateIn(phase: Phase, before: Phase = phase): RemediationState {
  if (phase !== 'rung-failed') return STATES[phase];
  return WITHOUT_LOOKS.includes(before) ? 'submitting' : 'verifying';
}
