import { recordAnswer } from '#lib/remediation/execution/call';
import { recordAccepted } from '#lib/remediation/execution/record-call';
import type { View } from '#lib/verification/verification';
import { calledAtMs, isSameSeen, NOT_SEARCHED, type Poll, type Polled } from './observation.ts';
import { IN_FLIGHT_MS, SEARCH_MS } from './search-job.ts';
import { expireCall, settleCall } from './settle.ts';
import { readView } from './view.ts';

/** Checks the targets of a call without a job, and settles those that have the requested state. */
export async function followState(poll: Poll): Promise<Polled> {
  const { call, reader, services, invocation } = poll;
  if (call.state !== 'accepted') return searchEffect(poll);
  const isVerified = services.rules.rules.some(({ ladder }) =>
    ladder.some((rung) => rung.action === call.action && rung.verify),
  );
  const view = await readView(call, reader, { isVerified });
  if (!view) return { call, ended: false, seen: call.seen };
  const { open, isComeAbout } = await settleCall(call, view, undefined, services, invocation);
  if (open === 0) return { call, ended: true, seen: { kind: 'come-about' } };
  return { call, ended: false, seen: { kind: isComeAbout ? 'succeeded' : 'on-its-way' } };
}

/** Checks whether a call with a lost answer has had its effect, and gives up after a while. */
async function searchEffect(poll: Poll): Promise<Polled> {
  const { call, reader, services, invocation } = poll;
  const { clock, store } = services;
  const ageMs = clock.now() - calledAtMs(call);
  const waiting = { call, ended: false, seen: NOT_SEARCHED };
  if (call.state === 'calling' && ageMs < IN_FLIGHT_MS) return waiting;

  const view = await readView(call, reader);
  const [target = ''] = call.members.flatMap(({ targets }) => targets);
  if (view && hasBegun(view, target, call.request)) {
    const adopted = await recordAnswer(store, call.id, { state: 'accepted' });
    invocation.log.info('the effect of a lost call was found', { callId: call.id, target });
    await recordAccepted(adopted, services, invocation);
    // The same reading may already show that it came about, and the deadline may be over.
    return followState({ ...poll, call: adopted });
  }
  if (ageMs < SEARCH_MS || !isSameSeen(call.seen, waiting.seen)) return waiting;
  await expireCall(
    call,
    waiting.seen,
    services,
    invocation,
    view ? `${target} shows no sign of it` : 'the API could not be read',
  );
  return { ...waiting, ended: true };
}

/**
 * Whether the API says that a node pool is gone, or is being deleted; or whether an event has been accepted, because it does not wait for an
 * authorization any more.
 */
function hasBegun(
  { nodePools, nodePoolsByName, plannedEvents }: View,
  target: string,
  { eventId }: Readonly<Record<string, unknown>>,
): boolean {
  if (plannedEvents) {
    const event = plannedEvents.find(({ id }) => id === eventId);
    return event?.state !== undefined && event.state !== 'inquiring';
  }
  const answer = nodePoolsByName?.get(target);
  if (answer === 'none') return true;
  const found = nodePools.find(({ name }) => name === target) ?? answer;
  return found !== undefined && found.nodeCounts.deleting > 0;
}
