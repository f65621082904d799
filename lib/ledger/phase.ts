import type { RemediationState } from '#lib/rules/state';

/** The states that only a person changes any more. */
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
 * The phases of a remediation. `undecided`: its guards must still be asked. `waiting`: it comes back by itself. `planned`: its plan
 * waits for an approval. `calling`: it is part of a call whose result is not on record. `running`: its call was accepted.
 * `verifying`: its targets are being verified. `rung-failed`: it did not help, and its ladder goes on from it. In every other phase
 * it has ended.
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

/** No poll follows a remediation in these phases. A rung that fails there is shown as `submitting`, so that the sweep finds it. */
const WITHOUT_POLLS: readonly Phase[] = ['undecided', 'waiting', 'calling', 'succeeded'];

/** The state that people and the indexes know for a phase. `before`: the phase before it. */
export function stateIn(phase: Phase, before: Phase = phase): RemediationState {
  if (phase !== 'rung-failed') return STATES[phase];
  return WITHOUT_POLLS.includes(before) ? 'submitting' : 'verifying';
}
