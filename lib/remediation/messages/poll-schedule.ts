import type { FollowMessage, Quiet } from '#events/follow';
import { MAX_DELAY_SECONDS, type Queue } from '#lib/aws/queue';
import type { Call } from '#lib/ledger/call';
import type { Rules } from '#lib/rules/rules';

/**
 * The time of the first poll of a call: `polling.first` after the call at the earliest. All polls lie on a common grid, the same for
 * every call, so that one request serves all calls that are due together. Epoch milliseconds.
 */
export function firstPoll(
  calledAtMs: number,
  { polling: { firstMs, everyMs } }: Pick<Rules, 'polling'>,
): number {
  return Math.ceil((calledAtMs + firstMs) / everyMs) * everyMs;
}

/** The time of the next poll: the next point of the grid. Epoch milliseconds. */
export function nextPoll(nowMs: number, { polling: { everyMs } }: Pick<Rules, 'polling'>): number {
  return Math.floor(nowMs / everyMs + 1) * everyMs;
}

/** The message that asks for one poll of a call. `quiet`: only for the poll of a job. */
export function followMessage(call: Call, look: number, dueMs: number, quiet?: Quiet): FollowMessage {
  return {
    callId: call.id,
    pool: call.pool,
    probe: probeOf(call, quiet),
    look,
    dueAt: new Date(dueMs).toISOString(),
  };
}

function probeOf({ state, jobId }: Call, quiet: Quiet | undefined): FollowMessage['probe'] {
  if (jobId !== undefined) return { kind: 'job', jobId, ...(quiet && { quiet }) };
  return state === 'accepted' ? { kind: 'state' } : { kind: 'lost-call' };
}

/** Puts follow messages on the queue, each delayed until it is due, or by the longest delay of SQS. */
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

/** The whole seconds until a time, rounded up; at most the longest delay of SQS. */
export function delayUntil(isoTime: string, nowMs: number): number {
  return Math.min(Math.max(Math.ceil((Date.parse(isoTime) - nowMs) / 1000), 0), MAX_DELAY_SECONDS);
}

/** A deferred command without a known time returns after this long, the longest delay of SQS. */
export const MAX_WAIT_MS = MAX_DELAY_SECONDS * 1000;
