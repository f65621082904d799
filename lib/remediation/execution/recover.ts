import { mayBeSentTwice } from '#lib/actions/traits';
import type { Invocation } from '#lib/handler/invocation';
import { callKey, callKind } from '#lib/ledger/call';
import { readDocument } from '#lib/ledger/change';
import type { Remediation } from '#lib/ledger/remediation';
import { firstLook, followMessage, sendFollow } from '#lib/remediation/messages/poll-schedule';
import { isUndecided } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import { abandonCall, recordAnswer } from './call.ts';
import { recordAccepted } from './record-call.ts';

/**
 * Looks whether a remediation is already part of a call, because its message was delivered again or another process died
 * over it, and finishes what that process left half done.
 *
 * @returns the remediation if it is free to become part of a new call, undefined if its call is or was under way.
 */
export async function recover(
  remediation: Remediation,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Remediation | undefined> {
  const { callId, state, id } = remediation;
  if (callId === undefined) return remediation;

  const { store, follow, rules, clock } = services;
  if (!isUndecided(remediation)) {
    await finishRecording(callId, services, invocation);
    return remediation;
  }
  const call = await abandonCall(store, callId);
  switch (call?.state) {
    // Nothing was sent, and nothing ever will be for this call; or the API refused it.
    case undefined:
    case 'abandoned':
    case 'refused':
      return remediation;
    // It may have been sent: never again, unless twice is as good as once. Its job is looked for, once whoever may be sending it has ended.
    case 'calling':
    case 'lost': {
      if (mayBeSentTwice(remediation.action)) {
        const error = { message: 'nobody knows what came of it; it is sent again' };
        await recordAnswer(store, callId, { state: 'refused', error });
        return remediation;
      }
      const now = clock.now();
      const dueMs = firstLook(Math.max(now, Date.parse(call.sendBefore ?? call.createdAt)), rules);
      await sendFollow(follow, [followMessage(call, call.looks, dueMs)], now);
      invocation.log.warn('the answer of its call is not known; its job is looked for', {
        correlationId: id,
        callId,
      });
      return undefined;
    }
    // What the API said at once about single nodes is recorded: what it refused may be asked again.
    case 'accepted':
      await recordAccepted(call, services, invocation);
      return state === 'deferred' ? remediation : undefined;
    case 'ended':
      return state === 'deferred' ? remediation : undefined;
    case 'preparing':
      throw new Error(`Call ${callId} could not be abandoned`);
  }
}

/** A process that dies after it has recorded an answer may not have seen to it that what was accepted is followed. */
async function finishRecording(
  callId: string,
  services: RemediationServices,
  invocation: Invocation,
): Promise<void> {
  const call = await readDocument(services.store, callKind, callKey(callId));
  if (call?.state === 'accepted') await recordAccepted(call, services, invocation);
}
