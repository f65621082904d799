import { FollowMessage } from '#events/follow';
import { batchesOf } from '#lib/concurrency';
import type { Invocation } from '#lib/handler/invocation';
import type { QueueRecord } from '#lib/handler/queue-record';
import { readMessage } from '#lib/handler/read-message';
import { createRedelivery } from '#lib/handler/redelivery';
import { type Call, callKey, callKind, isFollowed, type Seen } from '#lib/ledger/call';
import { updateDocument } from '#lib/ledger/change';
import { readMany } from '#lib/ledger/read-many';
import { rememberingStore } from '#lib/ledger/store';
import { counted, MAX_VALUES } from '#lib/metrics/embedded';
import { PollDelay } from '#lib/metrics/table';
import { deadLetter } from '#lib/remediation/messages/inbox';
import { atLastDelivery } from '#lib/remediation/messages/last-delivery';
import { followMessage, nextPoll, sendFollow } from '#lib/remediation/messages/poll-schedule';
import { reportUnreadable } from '#lib/remediation/messages/report-unreadable';
import type { RemediationServices } from '#lib/remediation/record/services';
import { isSameSeen } from './observation.ts';
import { pollPool } from './poll-pool.ts';

/** A message that comes at most this early is not sent back. */
const EARLY_MS = 1_000;

/** A call that is due, with its follow messages. */
type Due = { call: Call; records: QueueRecord[] };

/**
 * Processes a batch of follow messages: it reads each pool once for all of its calls that are due. Every message leads to an
 * outcome or to the next message. If a poll fails, the next one follows, until the deadline of the call.
 *
 * @returns the ids of the messages that must be delivered again.
 */
export async function pollCalls(
  records: readonly QueueRecord[],
  given: RemediationServices,
  invocation: Invocation,
): Promise<string[]> {
  const services = { ...given, store: rememberingStore(given.store) };
  const { clock, follow, store } = services;
  const { orAgain, messageIds } = createRedelivery(invocation.log, atLastDelivery(services, invocation));

  const due: { record: QueueRecord; message: FollowMessage }[] = [];
  for (const record of records) {
    const read = readMessage(record.body, FollowMessage, 'a follow message');
    if ('why' in read) {
      await orAgain([record], () => deadLetter(services, record, read.why));
      continue;
    }
    const message = read.value;
    if (Date.parse(message.dueAt) - clock.now() > EARLY_MS) {
      await orAgain([record], () => sendFollow(follow, [message], clock.now()));
    } else {
      due.push({ record, message });
    }
  }

  const late = due.map(({ message }) => Math.max(0, clock.now() - Date.parse(message.dueAt)) / 1000);
  for (const some of batchesOf(late, MAX_VALUES))
    invocation.log.info('polls', counted(PollDelay, some, {}, clock.now()));

  await orAgain(
    due.map(({ record }) => record),
    async () => {
      const keys = [...new Set(due.map(({ message }) => message.callId))].map(callKey);
      const { values: calls, unreadable } = await readMany(store, callKind, keys);
      await reportUnreadable(unreadable, services, invocation.log);
      // Only the messages of unreadable calls come again, and become dead letters in the end.
      for (const { document, why } of unreadable) {
        const brought = due.filter(({ message }) => callKey(message.callId).pk === document.pk);
        await orAgain(
          brought.map(({ record }) => record),
          () => Promise.reject(new Error(why)),
        );
      }
      const open = calls
        .filter(isFollowed)
        .map(
          (call): Due => ({
            call,
            records: due
              .filter(({ message }) => message.callId === call.id && message.look >= call.looks)
              .map(({ record }) => record),
          }),
        )
        .filter((dueCall) => dueCall.records.length > 0);
      const pools = [...Map.groupBy(open, ({ call }) => call.pool)];
      await Promise.all(
        pools.map(([pool, ofPool]) =>
          orAgain(
            ofPool.flatMap((dueCall) => dueCall.records),
            () => pollDue(pool, ofPool, services, invocation),
          ),
        ),
      );
    },
  );
  return messageIds();
}

/** When a call was first seen as it is now. */
function sinceOf({ seen, seenSince }: Call, now: Seen, nowMs: number): string | undefined {
  return isSameSeen(seen, now) ? seenSince : new Date(nowMs).toISOString();
}

async function pollDue(
  pool: string,
  due: readonly Due[],
  services: RemediationServices,
  invocation: Invocation,
): Promise<void> {
  const { clock, rules, store, follow } = services;
  const polled = await pollPool(
    pool,
    due.map(({ call }) => call),
    services,
    invocation,
  );
  const open = polled.filter(({ ended }) => !ended).map(({ call }) => call);
  // The next message first: if the process dies here, there are two messages, and the count of polls drops one.
  const dueMs = nextPoll(clock.now(), rules);
  await sendFollow(
    follow,
    open.map((call) => followMessage(call, call.looks + 1, dueMs)),
    clock.now(),
  );
  await Promise.all(
    polled.map(({ call, ended, seen }) =>
      updateDocument<Call>(store, callKind, callKey(call.id), (current) =>
        current && current.looks === call.looks
          ? {
              ...current,
              looks: call.looks + 1,
              ...(seen && { seen, seenSince: sinceOf(current, seen, clock.now()) }),
              ...(ended ? { state: 'ended' as const } : { nextLookAt: new Date(dueMs).toISOString() }),
            }
          : undefined,
      ),
    ),
  );
}
