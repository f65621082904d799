import { type Call, callKey, callKind, isFollowed, OPEN_CALLS } from '#lib/ledger/call';
import { updateDocument } from '#lib/ledger/change';
import { recordAnswer } from '#lib/remediation/execution/call';
import { recordAccepted } from '#lib/remediation/execution/record-call';
import { followMessage, sendFollow } from '#lib/remediation/messages/poll-schedule';
import { isDestructive } from '#lib/remediation/record/outcome';
import { isLongPast, STRANDED_MS } from './age.ts';
import { sweepOf } from './sweep-of.ts';

/**
 * Calls whose next poll is long overdue: its message was lost, or is among the dead letters. The sweep records the known
 * facts and has the call followed again. It writes that down before it sends the message, so a slow queue gets no more than
 * one for each `STRANDED_MS`.
 */
export const unfollowedCalls = sweepOf<Call>({
  name: 'unfollowed-calls',
  kind: callKind,
  places: [{ partition: OPEN_CALLS, restedMs: STRANDED_MS }],
  async finish(found, services, invocation) {
    const { store, clock, follow } = services;
    const now = clock.now();
    if (!isOverdue(found, now)) return undefined;
    const { value: call, written } = await updateDocument(store, callKind, callKey(found.id), (current) =>
      current && isOverdue(current, now)
        ? { ...current, nextLookAt: new Date(now).toISOString() }
        : undefined,
    );
    if (!call || !written) return undefined;

    invocation.log.warn('no process follows a call any more', { callId: call.id, state: call.state });
    if (call.state === 'accepted') {
      await recordAccepted(call, services, invocation);
      return 'recorded';
    }
    if (isDestructive(call.action)) {
      await sendFollow(follow, [followMessage(call, call.looks, now)], now);
      return 'followed';
    }
    // A repeated request does no harm here: the commands send it again, and there is no job to search. It may have been sent.
    const error = { message: 'its outcome is unknown, so its commands are carried out again' };
    await recordAnswer(store, call.id, { state: 'refused', error, unsure: true });
    return 'given up';
  },
});

function isOverdue(call: Call, now: number): boolean {
  return isFollowed(call) && isLongPast(call.nextLookAt ?? call.createdAt, now);
}
