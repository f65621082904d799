import { mayBeSentTwice, type RemediationAction, takesOutOfService } from '#lib/actions/traits';
import type { CallError } from '#lib/ledger/call';
import { change } from '#lib/ledger/change';
import type { NodeRecord } from '#lib/ledger/node-record';
import type { NewReceipt } from '#lib/ledger/receipt';
import { type NodeOutcome, type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { withPerson } from './for-person.ts';
import { withReceipts } from './receipts.ts';

/** What may change with an outcome. */
export type Changes = Partial<Omit<Remediation, 'id' | 'receipts'>>;

/** What is recorded about a remediation: what changes, and the receipts that tell people why. */
export type Recorded = { changes: Changes; receipts: readonly NewReceipt[] };

/**
 * Records something about a remediation, unless `applies` says that it has moved on in the meantime.
 *
 * @returns the remediation as it is stored then.
 */
export async function record(
  store: Store,
  id: string,
  now: number,
  applies: (current: Remediation) => boolean,
  outcome: (current: Remediation) => Recorded,
): Promise<Remediation | undefined> {
  return (await recordIf(store, id, now, applies, outcome)).stored;
}

/** The same for who has to know whether it was recorded here: what follows from it is then this caller's to do. */
export async function recordIf(
  store: Store,
  id: string,
  now: number,
  applies: (current: Remediation) => boolean,
  outcome: (current: Remediation) => Recorded,
): Promise<{ stored: Remediation | undefined; written: boolean }> {
  const { value: stored, written } = await change(store, remediationKind, remediationKey(id), (current) => {
    if (!current || !applies(current)) return undefined;
    const { changes, receipts } = outcome(current);
    return withReceipts(current, now, withPerson(current, changes), ...receipts);
  });
  return { stored, written };
}

/** What is kept of verdicts: how far the guards have been asked, and which of them have refused. */
export function spokenBy(
  { judged, refusedBy = [] }: Pick<Remediation, 'judged' | 'refusedBy'>,
  verdicts: readonly { guard: string; allowed: boolean }[],
): Pick<Changes, 'judged' | 'refusedBy'> {
  const isOfTargets = judged === 'targets' || verdicts.some(({ guard }) => guard !== 'mode');
  const refusals = verdicts.flatMap(({ guard, allowed }) => (allowed ? [] : [guard]));
  return {
    judged: isOfTargets ? 'targets' : 'mode',
    ...(refusals.length > 0 && { refusedBy: [...new Set([...refusedBy, ...refusals])] }),
  };
}

/** A refusal or failure of the API in words, for `why`. */
export function errorInWords({ message, status, code, vendorMessage }: CallError): string {
  if (status === undefined) return message;
  return `ModelArts answered ${[status, code, vendorMessage && `"${vendorMessage}"`].filter(Boolean).join(' ')}`;
}

/** Whether a remediation has not yet come to a call that may have been sent, nor to an end. */
export function isUndecided(remediation: Remediation): boolean {
  const { state } = remediation;
  return (state === 'submitting' || state === 'deferred') && !isRungFailed(remediation);
}

/** Whether it is on record that a rung of a ladder did not help: nothing but the ladder goes on from there. */
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
