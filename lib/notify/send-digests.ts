import type { DigestMessage } from '#events/notice';
import type { Invocation } from '#lib/handler/invocation';
import type { QueueRecord } from '#lib/handler/queue-record';
import { updateDocument } from '#lib/ledger/change';
import {
  type ClosedList,
  type DigestRecord,
  digestRecordKey,
  digestRecordKind,
} from '#lib/ledger/notices/digest-record';
import { noticeRecordKey, noticeRecordKind } from '#lib/ledger/notices/notice-record';
import { readMany } from '#lib/ledger/read-many';
import { counted } from '#lib/metrics/embedded';
import { Notices } from '#lib/metrics/table';
import { deadLetter } from '#lib/remediation/messages/inbox';
import { digestTold } from './body.ts';
import { dueMessage } from './collect.ts';
import { closeDue, withClosed } from './digest-list.ts';
import type { Delivery } from './post.ts';
import { recordProgress, toProgress } from './progress.ts';
import { type Recipient, recipientWith } from './recipients.ts';
import { noteOutcome } from './silence.ts';
import type { NotifyServices } from './tell-recipients.ts';
import { endIfTold, type Telling, tellingOf } from './telling.ts';
import { deliverInThread } from './threads.ts';

/** While a process sends a list, no other does. The function runs for 20 s at most. */
const CLAIM_MS = 30_000;

/**
 * Sends the lists of a recipient that are due, each as one message. A list of one notice is sent as this notice. A copy after a crash is the
 * same list under the same id.
 *
 * @returns in words why a list needs another try, for each.
 */
export async function sendDigests(
  { recipient: key, dueAt }: DigestMessage,
  record: QueueRecord,
  services: NotifyServices,
  invocation: Invocation,
): Promise<string[]> {
  const { rules, clock, notices } = services;
  const { value } = await change(key, services, (current) => closeDue(current, clock.now()));
  if (!value) return [];
  const recipient = recipientWith(key, rules);
  const failed: string[] = [];
  for (const { id } of value.closed) {
    if (!recipient) {
      await forget(key, id, value, services);
      continue;
    }
    const list = await claim(key, id, record, services);
    if (list === 'taken') failed.push(`${recipient.name} gets its notices from another process`);
    if (typeof list === 'string') continue;
    const why = await sendList(recipient, list, record, services, invocation);
    if (why !== undefined) failed.push(`${recipient.name} ${why}`);
  }
  if (value.open?.dueAt === dueAt) await notices.send([dueMessage(key, dueAt, clock.now())]);
  return failed;
}

function change(
  key: string,
  { store }: Pick<NotifyServices, 'store'>,
  next: (current: DigestRecord) => DigestRecord | undefined,
) {
  return updateDocument(store, digestRecordKind, digestRecordKey(key), (current) => current && next(current));
}

/** Takes a list for this process. `over`: it is sent, or was refused in the name of this message. */
async function claim(
  key: string,
  id: string,
  { messageId }: QueueRecord,
  services: NotifyServices,
): Promise<ClosedList | 'taken' | 'over'> {
  const now = services.clock.now();
  const isFree = ({ claimedUntil, refusedFor }: ClosedList) =>
    refusedFor !== messageId && (claimedUntil === undefined || Date.parse(claimedUntil) <= now);
  const claimedUntil = new Date(now + CLAIM_MS).toISOString();
  const { value, written } = await change(key, services, (current) =>
    current.closed.some((list) => list.id === id && isFree(list))
      ? withClosed(current, id, (list) => ({ ...list, claimedUntil }))
      : undefined,
  );
  const list = value?.closed.find((one) => one.id === id);
  if (list && written) return list;
  return list && list.refusedFor !== messageId ? 'taken' : 'over';
}

/** Sends one list, and records the result. Returns why it must be tried again; undefined: it needs not. */
async function sendList(
  recipient: Recipient,
  { id, notices }: ClosedList,
  record: QueueRecord,
  services: NotifyServices,
  invocation: Invocation,
): Promise<string | undefined> {
  const { clock, baseUrl } = services;
  const { key, name } = recipient;
  const tellings = (await Promise.all(notices.map((notice) => tellingOf(notice, services)))).filter(
    (telling): telling is Telling => typeof telling !== 'string',
  );
  const due = await withoutToldBefore(tellings, { key, id }, services);
  const [first] = due;
  if (!first) return drop(key, id, services);
  const told =
    tellings.length === 1
      ? first.told
      : digestTold(
          id,
          due.map((one) => one.told),
          baseUrl,
        );
  const delivery = await deliverInThread(recipient, told, services, invocation);
  const { outcome, ...more } = delivery;
  invocation.log.info(`digest ${outcome}`, {
    digest: id,
    notices: due.length,
    target: name,
    ...more,
    ...counted(Notices, 1, { outcome, receiver: recipient.target.kind }, clock.now()),
  });
  await noteOutcome(recipient, delivery, services, clock.now());
  switch (delivery.outcome) {
    case 'told':
      await Promise.all(
        due.map((telling) => recordTold(telling, { key, id }, { delivery, record }, services)),
      );
      return drop(key, id, services);
    case 'refused':
      await deadLetter(services, record, `${name} ${delivery.why}`, { digest: id });
      await change(key, services, (current) =>
        withClosed(current, id, ({ claimedUntil: _claim, ...list }) => ({
          ...list,
          refusedFor: record.messageId,
        })),
      );
      return undefined;
    case 'failed':
      await change(key, services, (current) =>
        withClosed(current, id, ({ claimedUntil: _claim, ...list }) => list),
      );
      return delivery.why;
  }
}

/**
 * The notices that the recipient does not have from elsewhere. A process that stood still may have put one into a second list, when the
 * first was sent already. A copy of a list has what the list had: those that came with it stay in it.
 */
async function withoutToldBefore(
  tellings: readonly Telling[],
  { key, id }: { key: string; id: string },
  { store }: Pick<NotifyServices, 'store'>,
): Promise<Telling[]> {
  const { values } = await readMany(
    store,
    noticeRecordKind,
    tellings.map(({ told }) => noticeRecordKey(told.body.id)),
  );
  const toldBefore = new Set(
    values
      .filter(({ targets: { [key]: progress } }) => progress?.state === 'told' && progress.list !== id)
      .map((record) => record.id),
  );
  return tellings.filter(({ told }) => !toldBefore.has(told.body.id));
}

async function recordTold(
  telling: Telling,
  { key, id }: { key: string; id: string },
  { delivery, record: { messageId } }: { delivery: Delivery; record: QueueRecord },
  services: NotifyServices,
): Promise<void> {
  const now = services.clock.now();
  const progress = toProgress(delivery, messageId, now);
  await recordProgress(services.store, telling.told.body.id, now, {
    [key]: progress.state === 'told' ? { ...progress, list: id } : progress,
  });
  await endIfTold(telling, services);
}

/** The rules file has the recipient no more: its notices need no longer wait for it. */
async function forget(
  key: string,
  id: string,
  { closed }: DigestRecord,
  services: NotifyServices,
): Promise<void> {
  const notices = closed.find((list) => list.id === id)?.notices ?? [];
  for (const notice of notices) {
    const telling = await tellingOf(notice, services);
    if (typeof telling !== 'string') await endIfTold(telling, services);
  }
  await drop(key, id, services);
}

async function drop(key: string, id: string, services: NotifyServices): Promise<undefined> {
  await change(key, services, (current) => withClosed(current, id, () => undefined));
  return undefined;
}
