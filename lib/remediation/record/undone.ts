import { hasEnded } from '#lib/ledger/phase';
import type { Remediation } from '#lib/ledger/remediation';

/** Whether a call was accepted for a rung, or may have been: its answer was lost, or is still to come. */
export function mayHaveBeenDone(rung: Remediation): boolean {
  const { action, callId, state } = rung;
  if (action === 'notify' || callId === undefined) return false;
  return wasDone(rung) || !hasEnded(state) || state === 'needs-human';
}

/** Whether a call was accepted for a rung. */
export function wasDone({ acceptedCalls }: Pick<Remediation, 'acceptedCalls'>): boolean {
  return acceptedCalls !== undefined;
}

/** Whether what is done after a resolution was begun, or still will be: what was refused leaves everything to be undone. */
export function isUndone({ state }: Pick<Remediation, 'state'>): boolean {
  return state !== 'skipped' && state !== 'rejected' && state !== 'observed';
}
