import {
  type Call,
  type CallError,
  callKey,
  callKind,
  type JobOwner,
  jobOwnerKey,
  jobOwnerKind,
  type Seen,
} from '#lib/ledger/call';
import { createDocument, updateDocument } from '#lib/ledger/change';
import type { Remediation } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { claim } from '#lib/remediation/lifecycle/call';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import type { OutboxServices } from '#lib/remediation/record/outbox';
import { isDone, isLastAttempt, isUndecided } from '#lib/remediation/record/outcome';
import type { Member } from './join.ts';

/** The first step of a call: it records the call before anything else happens for it. */
export async function prepareCall(
  store: Store,
  call: Pick<Call, 'id' | 'action' | 'pool'>,
  now: number,
): Promise<void> {
  const createdAt = new Date(now).toISOString();
  await createDocument(store, callKind, callKey(call.id), {
    ...call,
    state: 'preparing',
    request: {},
    members: [],
    createdAt,
    looks: 0,
  });
}

/**
 * Makes a remediation part of a call. It must still be in the call in which it was found, if any, because another process that has
 * claimed it since keeps it. This must be its last attempt, because a later one may have released its nodes. None of the targets may
 * be done, because no target is called twice.
 *
 * @returns whether it is part of this call, and the remediation as it is then.
 */
export async function claimRemediation(
  services: OutboxServices,
  { remediation, targets }: Pick<Member, 'remediation' | 'targets'>,
  callId: string,
  now: number,
): Promise<{ claimed: boolean; stored: Remediation | undefined }> {
  const isFree = (current: Remediation) =>
    current.callId === remediation.callId &&
    isLastAttempt(remediation, current) &&
    !targets.some((target) => isDone(current.outcomes[target]));
  const { stored } = await recordRemediation(services, remediation.id, now, (current) =>
    isUndecided(current) && isFree(current) ? claim(current, callId, targets, now) : undefined,
  );
  return { claimed: stored?.callId === callId, stored };
}

/**
 * Writes the intent: from here on the request may have been sent. Only one process can write it, and only if the call was not given
 * up before.
 *
 * @returns whether this process may send.
 */
export async function intendCall(
  store: Store,
  id: string,
  intent: Required<
    Pick<Call, 'request' | 'members' | 'callingAt' | 'sendBefore' | 'deadline' | 'nextLookAt'>
  > &
    Pick<Call, 'identities'>,
): Promise<boolean> {
  const { value, written } = await updateDocument<Call>(store, callKind, callKey(id), (call) =>
    call?.state === 'preparing' ? { ...call, ...intent, state: 'calling' } : undefined,
  );
  return written && value?.state === 'calling';
}

/** Gives up a call that was never sent. @returns the call as it is then: `abandoned`, or in the later state that it has reached. */
export async function abandonCall(store: Store, id: string): Promise<Call | undefined> {
  const { value } = await updateDocument<Call>(store, callKind, callKey(id), (call) =>
    call?.state === 'preparing' ? { ...call, state: 'abandoned' } : undefined,
  );
  return value;
}

/** Records the answer to a call, unless another process has settled the call in the meantime. @returns the call as it is then. */
export async function recordAnswer(
  store: Store,
  id: string,
  answer:
    | ({ state: 'accepted' } & Pick<Call, 'jobId' | 'answer' | 'note'>)
    | ({ state: 'refused' | 'lost'; error: CallError } & Pick<Call, 'unsure'>),
): Promise<Call> {
  const { value } = await updateDocument(store, callKind, callKey(id), (call) =>
    isOpen(call) && (call.state === 'calling' || answer.state === 'accepted')
      ? { ...call, ...answer }
      : undefined,
  );
  if (!value) throw new Error(`Call ${id} is not in the ledger`);
  return value;
}

/** Whether the result of a call may still be found. */
function isOpen(call: Call | undefined): call is Call {
  return (call?.state === 'calling' || call?.state === 'lost') && call.givenUp === undefined;
}

/**
 * Ends the search for the job of a call, for good. It is recorded before the nodes are released: otherwise, if a process died in
 * between, the call might adopt a job of nodes that it no longer holds.
 *
 * @param seen the last result of the search.
 * @returns the call as it is then. Another process may have found its job in the meantime.
 */
export async function giveUpSearch(store: Store, id: string, seen: Seen): Promise<Call | undefined> {
  const { value } = await updateDocument<Call>(store, callKind, callKey(id), (call) =>
    isOpen(call) ? { ...call, givenUp: seen } : undefined,
  );
  return value;
}

/**
 * Enters a job as this call's. A job has one owner: the first call that enters it.
 *
 * @returns whether the job is this call's.
 */
export async function ownJob(
  store: Store,
  call: Pick<Call, 'id' | 'pool'>,
  jobId: string,
  now: number,
): Promise<boolean> {
  const owner = { jobId, pool: call.pool, callId: call.id, at: new Date(now).toISOString() };
  const { value } = await createDocument<JobOwner>(store, jobOwnerKind, jobOwnerKey(call.pool, jobId), owner);
  return value.callId === call.id;
}

/** The part of an error that the ledger keeps: the vendor's answer, and never the request. */
export function toCallError(error: unknown): CallError {
  if (!(error instanceof ModelArtsError))
    return { message: error instanceof Error ? error.message : String(error) };
  const { message, status, code, vendorMessage, requestId } = error;
  return {
    message,
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(vendorMessage !== undefined && { vendorMessage }),
    ...(requestId !== undefined && { requestId }),
  };
}
