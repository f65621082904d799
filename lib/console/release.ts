import { freed, type HoldStanding, heldBy, isReleased } from '#lib/capacity/hold-need';
import { releaseHolds } from '#lib/capacity/release';
import { HttpProblem } from '#lib/handler/problem';
import { type Call, callKey, callKind } from '#lib/ledger/call';
import { readDocument } from '#lib/ledger/change';
import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import type { NewReceipt } from '#lib/ledger/receipts/receipt';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { noteReleased } from '#lib/remediation/lifecycle/note';
import type { ReleasingServices } from '#lib/remediation/record/services';
import { presentRemediation, unknownRemediation } from './shown.ts';

/** The author of a release: `by` is the name of the token's holder, `note` the body's own `by`. */
export type ReleaseBy = { by: string; note?: string | undefined };

/**
 * Releases the nodes, or the node pool, of a `needs-human` remediation, because a person says that nothing works on them any
 * more. If a call may still be under way according to the ledger, the receipt says that the person vouches for its end. A
 * destructive call counts for the cooldown. Releasing again changes nothing.
 *
 * @returns the remediation afterwards. It stays `needs-human`.
 * @throws HttpProblem 404 for an unknown id, 409 for a remediation in another state.
 */
export async function release(
  id: string,
  { by, note }: ReleaseBy,
  services: ReleasingServices,
): Promise<ShownRemediation> {
  const { store, clock } = services;
  const found = await readDocument(store, remediationKind, remediationKey(id));
  if (!found) throw unknownRemediation(id);
  const call =
    found.callId === undefined ? undefined : await readDocument(store, callKind, callKey(found.callId));
  const held = await heldTargets(store, found, call);

  const receipt = { ...receiptOf(by, held, call), ...(note !== undefined && { note }) };
  const { stored } = await recordRemediation(services, id, clock.now(), (current) =>
    current.phase === 'needs-human' && current.callId === found.callId && !isReleased(current)
      ? noteReleased(current, by, receipt)
      : undefined,
  );
  if (!stored || !isReleased(stored)) throw notLeftToAPerson(stored ?? found);
  const { pool, judgements: attempt = 0 } = stored;
  const targets = new Map(held.map((one) => [one.heldAs, freed(one)]));
  await releaseHolds(pool, { remediation: id, attempt }, targets, services);
  return presentRemediation(store, id);
}

/** The targets that a remediation holds. */
async function heldTargets(
  store: Store,
  remediation: Remediation,
  call: Call | undefined,
): Promise<HoldStanding[]> {
  const record = await readDocument(store, poolRecordKind, poolRecordKey(remediation.pool));
  return heldBy(remediation, call).filter(
    ({ heldAs }) => record?.held[heldAs]?.remediation === remediation.id,
  );
}

type ReleaseReceipt = Extract<NewReceipt, { step: 'release' }>;

function receiptOf(by: string, held: readonly HoldStanding[], call: Call | undefined): ReleaseReceipt {
  const targets = held.map(({ heldAs }) => heldAs);
  const what = call?.jobId === undefined ? `call ${call?.id}` : `job ${call.jobId}`;
  const vouched = held.some(({ wasCalled }) => wasCalled)
    ? `; ${what} was not seen to end, and may still run: ${by} vouches that it does not`
    : '';
  return {
    step: 'release',
    by,
    targets,
    ...(call?.jobId !== undefined && { jobId: call.jobId }),
    why: `${by} says that nothing works on ${targets.join(', ') || 'any of its targets'} any more${vouched}`,
  };
}

function notLeftToAPerson({ id, state, why = 'no reason given' }: Remediation): HttpProblem {
  const detail = `Remediation ${id} is ${state}: ${why}. Only what is left to a person (needs-human) is released by one`;
  return new HttpProblem(409, 'Conflict', detail);
}
