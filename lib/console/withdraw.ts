import { release } from '#lib/capacity/release';
import { leaveWaitList, wakeNext } from '#lib/capacity/wait-list';
import { HttpProblem } from '#lib/handler/problem';
import { type Call, callKey, callKind } from '#lib/ledger/call';
import { readDocument } from '#lib/ledger/change';
import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import { abandonCall } from '#lib/remediation/execution/call';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { canStart } from '#lib/remediation/lifecycle/transitions';
import { isWithdrawn, whyNotWithdrawn, withdraw } from '#lib/remediation/lifecycle/withdraw';
import { isUnsent, RUNS_MS } from '#lib/remediation/record/outcome';
import type { ReleasingServices } from '#lib/remediation/record/services';
import { presentRemediation, unknownRemediation } from './shown.ts';

/** The author of a withdrawal: `by` is the name of the credential, `note` the body's own `by`. */
export type WithdrawalBy = { by: string; note?: string | undefined };

/**
 * Takes a waiting command back. From the write on, no function makes a call for what waited of it, and its message leads to nothing.
 * Its targets are released, and the commands behind it go on. Withdrawing again changes nothing, and finishes what a process that died
 * has left.
 *
 * @returns the remediation afterwards.
 * @throws HttpProblem 404 for an unknown id; 409 if it does not wait, or if its call may have been made.
 */
export async function withdrawCommand(
  id: string,
  decision: WithdrawalBy,
  services: ReleasingServices,
): Promise<ShownRemediation> {
  const { store, clock } = services;
  const found = await readDocument(store, remediationKind, remediationKey(id));
  if (!found) throw unknownRemediation(id);
  const call = await lastCall(found, services);
  const { stored = found } = await recordRemediation(services, id, clock.now(), (current) =>
    current.callId === found.callId &&
    canStart(current, 'withdraw') &&
    whyNotWithdrawn(current, call) === undefined
      ? withdraw(current, decision)
      : undefined,
  );
  if (!isWithdrawn(stored)) throw notWaiting(stored, call);

  await release(stored, 'unused', services, { isUnsent: isUnsent(stored) });
  const entry = await leaveWaitList(stored, services);
  if (entry) await wakeNext(stored.pool, entry.places, services);
  return presentRemediation(store, id);
}

/** The last call of a remediation. If its process died before it sent anything, it now never will. */
async function lastCall(
  { callId }: Remediation,
  { store, clock }: ReleasingServices,
): Promise<Call | undefined> {
  if (callId === undefined) return undefined;
  const call = await readDocument(store, callKind, callKey(callId));
  const isLeft = call?.state === 'preparing' && clock.now() - Date.parse(call.createdAt) > RUNS_MS;
  return isLeft ? abandonCall(store, callId) : call;
}

function notWaiting(remediation: Remediation, call: Call | undefined): HttpProblem {
  const why = whyNotWithdrawn(remediation, call) ?? 'has changed at this moment. Look at it, and ask again';
  return new HttpProblem(
    409,
    'Conflict',
    `Remediation ${remediation.id} ${why}. Only a command that waits can be withdrawn`,
  );
}
