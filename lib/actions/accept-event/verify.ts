import type { Verify } from '#lib/verification/verification';
import { seenAs, verifyHealth } from '#lib/verification/verify-node';

/**
 * The maintenance of a node has ended when its event is `completed`; with `verify` the node must be well, too. `failed` and
 * `canceled` are no success. An event that still waits for its authorization at the deadline has failed. In every other state the
 * maintenance may have the node, or may begin at any time, and an event that is missing from the list proves nothing. Such an outcome
 * stays open: at the deadline a person must decide, and the node stays held.
 */
export const verifyAcceptance: Verify = (view, subject, now) => {
  const { call, verify, deadlineMs, target } = subject;
  const { eventId } = call.request;
  const event = view.plannedEvents?.find(({ id }) => id === eventId);
  const why = event
    ? `event ${event.id} is ${event.state ?? 'in no state'}`
    : `the list does not show event ${String(eventId)}`;
  if (event?.state === 'completed')
    return verify
      ? verifyHealth(seenAs(view, target), subject, now, 'the maintenance is complete')
      : { state: 'succeeded', why };
  const isOver = event?.state === 'failed' || event?.state === 'canceled';
  const isLeft = event?.state === 'inquiring' && now >= deadlineMs;
  return { state: isOver || isLeft ? 'failed' : 'verifying', why };
};
