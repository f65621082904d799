import { FollowMessage } from '#events/follow';
import { batchesOf } from '#lib/concurrency';
import type { Invocation } from '#lib/handler/invocation';
import type { QueueRecord } from '#lib/handler/queue-record';
import { readMessage } from '#lib/handler/read-message';
import { createRedelivery, type Redelivery } from '#lib/handler/redelivery';
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
import { calledAtMs, isSameSeen } from './observation.ts';
import { beginReading, pollPool } from './poll-pool.ts';
import { quietAfter, quietAgain, quietCalledAt, quietOf, stillRunning } from './quiet.ts';

/** A message that comes at most this early is not sent back. */
const EARLY_MS = 1_000;

/** A follow message that is due. */
type Asked = { record: QueueRecord; message: FollowMessage };

/** A call that is due, with its follow messages. */
type Due = { call: Call; asked: readonly Asked[] };

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
  const { clock, follow } = services;
  const redelivery = createRedelivery(invocation.log, atLastDelivery(services, invocation));
  const { orAgain, messageIds } = redelivery;

  const due: Asked[] = [];
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

  const readCalls = (asked: readonly Asked[]) => readDue(asked, services, redelivery, invocation);
  await orAgain(recordsOf(due), async () => {
    const now = clock.now();
    // One message of a call that must be read is enough: the sweep may have sent it.
    const byCall = [...Map.groupBy(due, ({ message }) => message.callId).values()];
    const isQuiet = (asked: readonly Asked[]) => asked.every(({ message }) => quietOf(message, now));
    const quiet = byCall.filter(isQuiet).flat();
    const calls = await readCalls(byCall.filter((asked) => !isQuiet(asked)).flat());
    const pools = new Set([
      ...calls.map(({ call }) => call.pool),
      ...quiet.map(({ message }) => message.pool),
    ]);
    await Promise.all(
      [...pools].map((pool) => {
        const own = calls.filter(({ call }) => call.pool === pool);
        const resting = quiet.filter(({ message }) => message.pool === pool);
        return orAgain(recordsOf([...own.flatMap(({ asked }) => asked), ...resting]), () =>
          pollDue(pool, { calls: own, quiet: resting, readCalls }, services, invocation),
        );
      }),
    );
  });
  return messageIds();
}

function recordsOf(asked: readonly Asked[]): QueueRecord[] {
  return asked.map(({ record }) => record);
}

/** Reads the calls of some messages, of those that are still followed and whose messages no later poll has made needless. */
async function readDue(
  asked: readonly Asked[],
  services: RemediationServices,
  { orAgain }: Redelivery,
  { log }: Invocation,
): Promise<Due[]> {
  const keys = [...new Set(asked.map(({ message }) => message.callId))].map(callKey);
  const { values: calls, unreadable } = await readMany(services.store, callKind, keys);
  await reportUnreadable(unreadable, services, log);
  // Only the messages of unreadable calls come again, and become dead letters in the end.
  for (const { document, why } of unreadable) {
    const brought = asked.filter(({ message }) => callKey(message.callId).pk === document.pk);
    await orAgain(recordsOf(brought), () => Promise.reject(new Error(why)));
  }
  return calls
    .filter(isFollowed)
    .map((call): Due => {
      const own = asked.filter(({ message: { callId, look } }) => callId === call.id && look >= call.looks);
      return { call, asked: own };
    })
    .filter((due) => due.asked.length > 0);
}

/** When a call was first seen as it is now. */
function sinceOf({ seen, seenSince }: Call, now: Seen, nowMs: number): string | undefined {
  return isSameSeen(seen, now) ? seenSince : new Date(nowMs).toISOString();
}

/** The messages of a pool that are due: of calls that were read, and of those whose polls may be quiet. */
type DueInPool = {
  calls: readonly Due[];
  quiet: readonly Asked[];
  readCalls: (asked: readonly Asked[]) => Promise<Due[]>;
};

async function pollDue(
  pool: string,
  { calls, quiet, readCalls }: DueInPool,
  services: RemediationServices,
  invocation: Invocation,
): Promise<void> {
  const { clock, rules, store, follow } = services;
  const calledAt = [...calls.map(({ call }) => calledAtMs(call)), ...quietCalledAt(quiet)];
  const reading = beginReading(pool, calledAt, services, invocation);
  const resting = await stillRunning(quiet, reading.reader);
  const due = [...calls, ...(await readCalls(quiet.filter((one) => !resting.includes(one))))];
  const polled = await pollPool(
    due.map(({ call }) => call),
    reading,
    services,
    invocation,
  );
  const dueMs = nextPoll(clock.now(), rules);
  const lookOf = ({ id }: Call): number => {
    const { asked = [] } = due.find(({ call }) => call.id === id) ?? {};
    return Math.max(...asked.map(({ message }) => message.look));
  };
  const next = polled
    .filter(({ ended }) => !ended)
    .map((one) => followMessage(one.call, lookOf(one.call) + 1, dueMs, quietAfter(one, dueMs, clock.now())));
  // The next message first: if the process dies here, there are two messages, and the count of polls drops one.
  await sendFollow(follow, [...next, ...quietAgain(resting, dueMs)], clock.now());
  await Promise.all(
    polled.map(({ call, ended, seen }) =>
      updateDocument<Call>(store, callKind, callKey(call.id), (current) =>
        current && current.looks === call.looks
          ? {
              ...current,
              looks: lookOf(call) + 1,
              ...(seen && { seen, seenSince: sinceOf(current, seen, clock.now()) }),
              ...(ended ? { state: 'ended' as const } : { nextLookAt: new Date(dueMs).toISOString() }),
            }
          : undefined,
      ),
    ),
  );
}
