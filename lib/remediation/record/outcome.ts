import { mayBeSentTwice, type RemediationAction, takesOutOfService } from '#lib/actions/traits';
import type { CallError } from '#lib/ledger/call';
import type { NodeRecord } from '#lib/ledger/node-record';
import type { NodeOutcome, Phase, Remediation } from '#lib/ledger/remediation';

/** A refusal or failure of the API in words, for `why`. */
export function errorInWords({ message, status, code, vendorMessage }: CallError): string {
  if (status === undefined) return message;
  return `ModelArts answered ${[status, code, vendorMessage && `"${vendorMessage}"`].filter(Boolean).join(' ')}`;
}

const UNDECIDED: readonly Phase[] = ['undecided', 'waiting', 'calling'];

/** Whether a remediation has not yet come to a call that is on record as sent, nor to an end. */
export function isUndecided({ phase }: Pick<Remediation, 'phase'>): boolean {
  return UNDECIDED.includes(phase);
}

/** Whether it is on record that a rung of a ladder did not help, also after the ladder has gone on from it. */
export function isRungFailed({ ladder }: Pick<Remediation, 'ladder'>): boolean {
  return ladder?.failedAt !== undefined;
}

/** Whether nobody else has evaluated a remediation's guards since this attempt did, or read it in order to. */
export function isLastAttempt(
  { judgements = 0 }: Pick<Remediation, 'judgements'>,
  current: Pick<Remediation, 'judgements'>,
): boolean {
  return (current.judgements ?? 0) === judgements;
}

/** Whether a target stays leased while nobody knows what becomes of it: what cannot be undone must not be done twice. */
export function isDestructive(action: RemediationAction): boolean {
  return !mayBeSentTwice(action);
}

/** Whether nothing is left to be asked of the API for a target: done, or accepted and still to be seen. */
export function isDone(outcome: NodeOutcome | undefined): boolean {
  return outcome?.state === 'succeeded' || outcome?.state === 'verifying';
}

/** Whether an accepted call of a remediation is still to be seen to have come about, whatever becomes of its other targets. */
export function isVerifying({ outcomes }: Pick<Remediation, 'outcomes'>): boolean {
  return Object.values(outcomes).some(({ state }) => state === 'verifying');
}

/** Whether a call was accepted for a remediation, be it its last one or one whose failed nodes were tried again since. */
export function isPartOf({ acceptedCalls }: Pick<Remediation, 'acceptedCalls'>, callId: string): boolean {
  return acceptedCalls?.includes(callId) === true;
}

/** No function runs for longer. */
const RUNS_MS = 60_000;

/** Whether a node is left alone for a cooldown after this: what cannot be undone, and what takes nodes out of service. */
function isFollowedByCooldown(remediation: Pick<Remediation, 'action' | 'parameters'>): boolean {
  return isDestructive(remediation.action) || takesOutOfService(remediation);
}

/** What was done to a target last, for its record; undefined where nothing was after which it is to be left alone. */
export function lastOf(remediation: Remediation, outcome: string, endedAt: string): NodeRecord['last'] {
  if (!isFollowedByCooldown(remediation)) return undefined;
  const { id, action, createdAt, ladder, intendedAt = createdAt, answeredAt = intendedAt } = remediation;
  // A request may be sent some time after its intent, but not longer than its function runs.
  const latest = new Date(Date.parse(intendedAt) + RUNS_MS).toISOString();
  const calledAt = answeredAt < latest ? answeredAt : latest;
  return { remediation: id, ...(ladder && { root: ladder.root }), action, calledAt, endedAt, outcome };
}
