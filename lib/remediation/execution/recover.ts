import { mayBeSentTwice } from '#lib/actions/traits';
import type { Invocation } from '#lib/handler/invocation';
import { callKey, callKind } from '#lib/ledger/call';
import { readDocument } from '#lib/ledger/change';
import type { Remediation } from '#lib/ledger/remediation';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { noteUnsure } from '#lib/remediation/lifecycle/note';
import { firstPoll, followMessage, sendFollow } from '#lib/remediation/messages/poll-schedule';
import { sendCommand } from '#lib/remediation/messages/send-command';
import { isPartOf, isUndecided } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import { abandonCall, recordAnswer } from './call.ts';
import { recordAccepted } from './record-call.ts';

/**
 * The longest time from the intent of a call to its record, if its process lives: as long as a function of an action runs
 * (`local/stack/functions.ts`).
 */
export const PROCESS_LIVES_MS = 60_000;

/**
 * Finishes the call of a remediation that is already part of one, because its message was delivered again or another process died
 * during the call.
 *
 * @returns the remediation if it may become part of a new call; undefined if its call is or was under way.
 */
export async function recover(
  remediation: Remediation,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Remediation | undefined> {
  const { callId, id } = remediation;
  if (callId === undefined) return remediation;

  const { store, follow, rules, clock } = services;
  if (!isUndecided(remediation)) {
    await finishRecording(callId, services, invocation);
    return remediation;
  }
  const call = await abandonCall(store, callId);
  switch (call?.state) {
    // Nothing was sent and nothing will be, or the API refused it.
    case undefined:
    case 'abandoned':
      return remediation;
    case 'refused':
      return call.unsure ? asUnsure(remediation, services) : remediation;
    // It may have been sent, so it is sent again only if twice is as good as once. The search for its job begins when no process can
    // still be sending it.
    case 'calling':
    case 'lost': {
      if (mayBeSentTwice(remediation.action)) {
        const freeAtMs = Date.parse(call.callingAt ?? call.createdAt) + PROCESS_LIVES_MS;
        if (call.state === 'calling' && clock.now() < freeAtMs) {
          // The message came a second time, and the request of the other process is under way: its answer counts.
          await sendCommand(remediation, services, new Date(freeAtMs).toISOString());
          invocation.log.info('another process is calling for it', { correlationId: id, callId });
          return undefined;
        }
        const error = { message: 'its result is unknown; it is sent again' };
        await recordAnswer(store, callId, { state: 'refused', error, unsure: true });
        return asUnsure(remediation, services);
      }
      const now = clock.now();
      const dueMs = firstPoll(Math.max(now, Date.parse(call.sendBefore ?? call.createdAt)), rules);
      await sendFollow(follow, [followMessage(call, call.looks, dueMs)], now);
      invocation.log.warn('the answer of its call is not known; poll-jobs searches for its job', {
        correlationId: id,
        callId,
      });
      return undefined;
    }
    // The answer about single nodes must be recorded first, because refused nodes may be called again.
    case 'accepted':
      await recordAccepted(call, services, invocation);
      return isLeftOver(remediation, callId) ? remediation : undefined;
    case 'ended':
      return isLeftOver(remediation, callId) ? remediation : undefined;
    case 'preparing':
      throw new Error(`Call ${callId} could not be abandoned`);
  }
}

/**
 * Whether something is left of a remediation whose call was answered: some of its nodes come again. It waits for that, or it has waited,
 * and then a person approved its plan or sent its command back.
 */
function isLeftOver(remediation: Remediation, callId: string): boolean {
  return (
    remediation.phase === 'waiting' || (remediation.phase === 'undecided' && isPartOf(remediation, callId))
  );
}

/** Remembers in a remediation that a request of it may have had its effect. Its next call replaces the one that knows this. */
async function asUnsure(remediation: Remediation, services: RemediationServices): Promise<Remediation> {
  if (remediation.unsure) return remediation;
  const { id, callId } = remediation;
  await recordRemediation(services, id, services.clock.now(), (current) =>
    isUndecided(current) && current.callId === callId ? noteUnsure(current) : undefined,
  );
  return remediation;
}

/** A process may have died between the record of an answer and the message that follows the call. */
async function finishRecording(
  callId: string,
  services: RemediationServices,
  invocation: Invocation,
): Promise<void> {
  const call = await readDocument(services.store, callKind, callKey(callId));
  if (call?.state === 'accepted') await recordAccepted(call, services, invocation);
}
