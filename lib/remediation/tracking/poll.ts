import { FollowMessage } from '#events/follow';
import type { Invocation } from '#lib/handler/invocation';
import type { QueueRecord } from '#lib/handler/queue-record';
import { readMessage } from '#lib/handler/read-message';
import { createRedelivery } from '#lib/handler/redelivery';
import { type Call, callKey, callKind, isFollowed } from '#lib/ledger/call';
import { updateDocument } from '#lib/ledger/change';
import { readMany } from '#lib/ledger/read-many';
import { deadLetter } from '#lib/remediation/messages/inbox';
import { atLastDelivery } from '#lib/remediation/messages/last-delivery';
import { followMessage, nextLook, sendFollow } from '#lib/remediation/messages/poll-schedule';
import { reportUnreadable } from '#lib/remediation/messages/report-unreadable';
import type { RemediationServices } from '#lib/remediation/record/services';
import { lookAtPool } from './poll-pool.ts';

/** A message that comes this much before its time is not sent back for it. */
const EARLY_MS = 1_000;

/** A call that is due, with the messages that say so. */
type Due = { call: Call; records: QueueRecord[] };

/**
 * Deals with a batch of follow messages: one look at each pool for all of its calls that are due. Every message ends in an
 * outcome or in the next message; when a look fails, the next one is the answer, until the deadline of the call.
 *
 * @returns the ids of the messages that are to be delivered again.
 */
export async function pollCalls(
  records: readonly QueueRecord[],
  services: RemediationServices,
  invocation: Invocation,
): Promise<string[]> {
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

  await orAgain(
    due.map(({ record }) => record),
    async () => {
      const keys = [...new Set(due.map(({ message }) => message.callId))].map(callKey);
      const { values: calls, unreadable } = await readMany(store, callKind, keys);
      await reportUnreadable(unreadable, services, invocation.log);
      // Their messages come again, and are among the dead letters in the end; those of the others do not.
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
      const pools = [...Map.groupBy(open, ({ call }) => call.pool).values()];
      await Promise.all(
        pools.map((ofPool) =>
          orAgain(
            ofPool.flatMap((dueCall) => dueCall.records),
            () => lookAt(ofPool, services, invocation),
          ),
        ),
      );
    },
  );
  return messageIds();
}

async function lookAt(
  due: readonly Due[],
  services: RemediationServices,
  invocation: Invocation,
): Promise<void> {
  const { clock, rules, store, follow } = services;
  const looked = await lookAtPool(
    due.map(({ call }) => call),
    services,
    invocation,
  );
  const open = looked.filter(({ ended }) => !ended).map(({ call }) => call);
  // The next message first: a process that dies here leaves two of them, and the count of looks drops one.
  const dueMs = nextLook(clock.now(), rules);
  await sendFollow(
    follow,
    open.map((call) => followMessage(call, call.looks + 1, dueMs)),
    clock.now(),
  );
  await Promise.all(
    looked.map(({ call, ended, seen }) =>
      updateDocument<Call>(store, callKind, callKey(call.id), (current) =>
        current && current.looks === call.looks
          ? {
              ...current,
              looks: call.looks + 1,
              ...(seen && { seen }),
              ...(ended ? { state: 'ended' as const } : { nextLookAt: new Date(dueMs).toISOString() }),
            }
          : undefined,
      ),
    ),
  );
}
