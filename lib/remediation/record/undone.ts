import type { Call } from '#lib/ledger/call';
import { hasEnded } from '#lib/ledger/phase';
import type { Remediation } from '#lib/ledger/remediation';

/**
 * Whether a call was accepted for a rung, or may have been, because its answer was lost or has not come yet. A request without an
 * answer may have had its effect, however the rung has ended since.
 */
export function mayHaveBeenDone(rung: Remediation): boolean {
  const { action, callId, state, unsure } = rung;
  if (action === 'notify' || callId === undefined) return false;
  return wasDone(rung) || unsure === true || !hasEnded(state) || state === 'needs-human';
}

/** Whether a call was accepted for a rung. */
export function wasDone({ acceptedCalls }: Pick<Remediation, 'acceptedCalls'>): boolean {
  return acceptedCalls !== undefined;
}

/** Whether a call certainly had no effect: its request was never sent, or the API refused it. */
export function hadNoEffect({ state, unsure }: Pick<Call, 'state' | 'unsure'>): boolean {
  return state === 'abandoned' || (state === 'refused' && unsure !== true);
}

/** Whether a step after a resolution was begun, or still will be. A refused step leaves everything to undo. */
export function isUndone({ state }: Pick<Remediation, 'state'>): boolean {
  return state !== 'skipped' && state !== 'rejected' && state !== 'observed';
}
