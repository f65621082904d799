import { mayBeSentTwice, type RemediationAction, takesOutOfService } from '#lib/actions/traits';
import type { CallError } from '#lib/ledger/call';
import type { NodeRecord } from '#lib/ledger/node-record';
import type { Phase } from '#lib/ledger/phase';
import type { Remediation } from '#lib/ledger/remediation';
import type { NodeOutcome } from '#lib/ledger/remediation-fields';
import type { InPhase } from '#lib/remediation/lifecycle/transitions';

/** A refusal or failure of the API in words, for `why`. */
export function formatError({ message, status, code, vendorMessage }: CallError): string {
  if (status === undefined) return message;
  return `ModelArts answered ${[status, code, vendorMessage && `"${vendorMessage}"`].filter(Boolean).join(' ')}`;
}

const UNDECIDED: readonly Phase[] = ['undecided', 'waiting', 'calling'];

/** Whether a remediation has neither an accepted call on record nor an end. */
export function isUndecided(
  remediation: Remediation,
): remediation is InPhase<'undecided' | 'waiting' | 'calling'> {
  return UNDECIDED.includes(remediation.phase);
}

/** Whether anything is left to decide about a remediation: the guards still have to explain an observed command. */
export function isOpen(
  remediation: Remediation,
): remediation is InPhase<'undecided' | 'waiting' | 'calling' | 'observed'> {
  return isUndecided(remediation) || (remediation.phase === 'observed' && remediation.judged === undefined);
}

/** Whether the ledger has recorded that a rung of a ladder did not help. This stays true after the ladder has gone on. */
export function isRungFailed({ ladder }: Pick<Remediation, 'ladder'>): boolean {
  return ladder?.failedAt !== undefined;
}

/** Whether no later attempt has evaluated a remediation's guards. `remediation`: as this attempt has read or left it. */
export function isLastAttempt(
  { judgements = 0 }: Pick<Remediation, 'judgements'>,
  current: Pick<Remediation, 'judgements'>,
): boolean {
  return (current.judgements ?? 0) === judgements;
}

/** Whether a remediation is still undecided and as this attempt has left it. */
export function isUnchanged(
  remediation: Remediation,
  current: Remediation,
): current is InPhase<'undecided' | 'waiting' | 'calling'> {
  return isUndecided(current) && current.callId === remediation.callId && isLastAttempt(remediation, current);
}

/** Whether an action must not be done twice. Its targets stay held while the result of a call is unknown. */
export function isDestructive(action: RemediationAction): boolean {
  return !mayBeSentTwice(action);
}

/**
 * Whether a target needs no further request: it is done, or the API has accepted it and its verification goes on, or has failed.
 */
export function isDone(outcome: NodeOutcome | undefined): boolean {
  return outcome?.state === 'succeeded' || outcome?.state === 'verifying' || outcome?.checked === true;
}

/** Whether the verification of at least one target goes on. */
export function isVerifying({ outcomes }: Pick<Remediation, 'outcomes'>): boolean {
  return Object.values(outcomes).some(({ state }) => state === 'verifying');
}

/** Whether the API has accepted this call for a remediation. Earlier calls count, too. */
export function isPartOf({ acceptedCalls }: Pick<Remediation, 'acceptedCalls'>, callId: string): boolean {
  return acceptedCalls?.includes(callId) === true;
}

/** Whether no request was sent for a remediation so far: what ends then ends before its first call, and was no round of a ladder. */
export function isUnsent({
  acceptedCalls,
  deferrals,
  unsure,
}: Pick<Remediation, 'acceptedCalls' | 'deferrals' | 'unsure'>): boolean {
  return acceptedCalls === undefined && deferrals === undefined && unsure !== true;
}

/**
 * Whether a deferred change of a node pool may have been made, and will be made again. It would then undo another's change from the
 * time in between, so it keeps its hold and the other waits.
 */
export function mayUndoOthers({
  phase,
  nodePool,
  callId,
}: Pick<Remediation, 'phase' | 'nodePool' | 'callId'>): boolean {
  return phase === 'waiting' && nodePool !== undefined && callId !== undefined;
}

/** The longest run of an action's function. */
export const RUNS_MS = 60_000;

/** Whether a cooldown follows: after actions that must not be done twice, and after those that take nodes out of service. */
function isFollowedByCooldown(remediation: Pick<Remediation, 'action' | 'parameters'>): boolean {
  return isDestructive(remediation.action) || takesOutOfService(remediation);
}

/**
 * The last action on a target, for the target's record. Undefined: no cooldown follows.
 *
 * @param endedAt ISO 8601
 */
export function lastOf(remediation: Remediation, outcome: string, endedAt: string): NodeRecord['last'] {
  if (!isFollowedByCooldown(remediation)) return undefined;
  const { id, action, createdAt, ladder, intendedAt = createdAt, answeredAt = intendedAt } = remediation;
  // A request may be sent some time after its intent, but not longer than its function runs.
  const latest = new Date(Date.parse(intendedAt) + RUNS_MS).toISOString();
  const calledAt = answeredAt < latest ? answeredAt : latest;
  return { remediation: id, ...(ladder && { root: ladder.root }), action, calledAt, endedAt, outcome };
}
