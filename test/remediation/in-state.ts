import { phases, stateIn } from '#lib/ledger/phase';
import { inPhase, type Remediation } from '#lib/ledger/remediation';
import type { RemediationFields } from '#lib/ledger/remediation-fields';
import type { RemediationState } from '#lib/rules/state';

/** The phase that is usually meant by a state. */
export function phaseIn(state: RemediationState): Remediation['phase'] {
  return phases.find((phase) => stateIn(phase) === state)!;
}

/** The fields that a state of a remediation needs, made up. */
export function neededIn(state: RemediationState, at: string): Partial<RemediationFields> {
  if (state === 'deferred') return { deferrals: 1, deferredUntil: at };
  if (state === 'awaiting-approval') return { plan: { hash: 'hash-1', request: {} } };
  return state === 'running' || state === 'verifying' ? { callId: 'call-1' } : {};
}

/** A remediation in a state, with all fields that it must have there. */
export function inState({
  state = 'submitting',
  ...fields
}: RemediationFields & { state?: RemediationState | undefined }): Remediation {
  return inPhase({ ...neededIn(state, fields.createdAt), ...fields }, phaseIn(state));
}

/** A reset that has just been opened at a time, with the other fields of a test. */
export function openedAt(
  at: string,
  fields: Pick<RemediationFields, 'id'> & Partial<RemediationFields> & { state?: RemediationState },
): Remediation {
  return inState({
    action: 'reset-nodes',
    pool: 'pool-a',
    parameters: {},
    mode: 'act',
    alerts: [],
    contentHash: '',
    createdAt: at,
    updatedAt: at,
    outcomes: {},
    receiptChain: { count: 0 },
    ...fields,
  });
}
