import type { Invocation } from '#lib/handler/invocation';
import { type Remediation } from '#lib/ledger/remediation';
import { abandonCall } from './call.ts';
import { firstLook, followMessage, sendFollow } from './look.ts';
import { recordAccepted } from './record-call.ts';
import type { ActionServices } from './services.ts';

/**
 * Looks whether a remediation is already part of a call, because its message was delivered again or another process died
 * over it, and finishes what that process left half done.
 *
 * @returns the remediation if it is free to become part of a new call, undefined if its call is or was under way.
 */
export async function recover(
  remediation: Remediation,
  { resendable }: { resendable: boolean },
  services: ActionServices,
  invocation: Invocation,
): Promise<Remediation | undefined> {
  const { callId, state, id } = remediation;
  if (callId === undefined || (state !== 'submitting' && state !== 'deferred')) return remediation;

  const { store, follow, rules, clock } = services;
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
      if (resendable) return remediation;
      const now = clock.now();
      const dueMs = firstLook(Math.max(now, Date.parse(call.sendBefore ?? call.createdAt)), rules);
      await sendFollow(follow, [followMessage(call, call.looks, dueMs)], now);
      invocation.log.warn('the answer of its call is not known; its job is looked for', {
        correlationId: id,
        callId,
      });
      return undefined;
    }
    case 'accepted':
      await recordAccepted(call, services, invocation);
      return undefined;
    // What the API said at once is recorded; what it refused for single nodes may be asked again.
    case 'ended':
      return state === 'deferred' ? remediation : undefined;
    case 'preparing':
      throw new Error(`Call ${callId} could not be abandoned`);
  }
}
