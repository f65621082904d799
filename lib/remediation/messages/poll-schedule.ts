import type { FollowMessage } from '#events/follow';
import { MAX_DELAY_SECONDS, type Queue } from '#lib/aws/queue';
import type { Call } from '#lib/ledger/call';
import type { Rules } from '#lib/rules/rules';

/**
 * Looks lie on a common grid, the same for every call: what falls due together is seen with one request. The first look
 * is `polling.first` after the call at the earliest, every further one at the next point of the grid. Epoch milliseconds.
 */
export function firstLook(
  calledAtMs: number,
  { polling: { firstMs, everyMs } }: Pick<Rules, 'polling'>,
): number {
  return Math.ceil((calledAtMs + firstMs) / everyMs) * everyMs;
}

export function nextLook(nowMs: number, { polling: { everyMs } }: Pick<Rules, 'polling'>): number {
  return Math.floor(nowMs / everyMs + 1) * everyMs;
}

/** The message that leads to one look at a call. */
export function followMessage(call: Call, look: number, dueMs: number): FollowMessage {
  return {
    callId: call.id,
    pool: call.pool,
    probe: probeOf(call),
    look,
    dueAt: new Date(dueMs).toISOString(),
  };
}

function probeOf({ state, jobId }: Call): FollowMessage['probe'] {
  if (jobId !== undefined) return { kind: 'job', jobId };
  return state === 'accepted' ? { kind: 'state' } : { kind: 'lost-call' };
}

/** Puts follow messages on the queue, each delayed until it is due, or for as long as SQS delays. */
export async function sendFollow(
  queue: Queue,
  messages: readonly FollowMessage[],
  nowMs: number,
): Promise<void> {
  await queue.send(
    messages.map((message) => ({
      body: JSON.stringify(message),
      delaySeconds: delayUntil(message.dueAt, nowMs),
    })),
  );
}

/** Whole seconds until a time, rounded up, within what SQS delays. */
export function delayUntil(isoTime: string, nowMs: number): number {
  return Math.min(Math.max(Math.ceil((Date.parse(isoTime) - nowMs) / 1000), 0), MAX_DELAY_SECONDS);
}

/** A command that waits for it knows not what comes back by itself after this long: the longest that SQS delays. */
export const MAX_WAIT_MS = MAX_DELAY_SECONDS * 1000;
