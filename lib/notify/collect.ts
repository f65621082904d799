import { MAX_DELAY_SECONDS, type QueueMessage } from '#lib/aws/queue';
import type { QueueRecord } from '#lib/handler/queue-record';
import { readDocument, updateAndDecide } from '#lib/ledger/change';
import { type DigestRecord, digestRecordKey, digestRecordKind } from '#lib/ledger/notices/digest-record';
import type { Progress } from '#lib/ledger/notices/notice-record';
import { withNotice } from './digest-list.ts';
import type { DatedNotice } from './entry.ts';
import type { Recipient } from './recipients.ts';
import type { NotifyServices } from './tell-recipients.ts';

/**
 * Puts a notice into the list of a recipient, once. The message that opens a list also sends the message that is due at its end; a message that
 * is delivered again sends it once more, because its process may have died in between. Two are as good as one.
 *
 * @returns the recipient's progress with this notice.
 */
export async function collect(
  recipient: Recipient,
  digestMs: number,
  notice: DatedNotice,
  { record, before }: { record: QueueRecord; before: Progress | undefined },
  services: NotifyServices,
): Promise<Progress> {
  const { key } = recipient;
  const now = services.clock.now();
  const at = new Date(now).toISOString();
  if (before?.state === 'waiting') {
    await sendDue(
      await readDocument(services.store, digestRecordKind, digestRecordKey(key)),
      key,
      now,
      services,
    );
    return before;
  }
  const { value, decided } = await updateAndDecide<DigestRecord, { hasRoom: boolean; opens: boolean }>(
    services.store,
    digestRecordKind,
    digestRecordKey(key),
    (current) => {
      const next = withNotice(current, key, notice, { digestMs, now });
      if (next === 'no room') return { value: undefined, decided: { hasRoom: false, opens: false } };
      const opens =
        next.open?.dueAt !== current?.open?.dueAt || next.closed.length !== current?.closed.length;
      return { value: next, decided: { hasRoom: true, opens } };
    },
  );
  if (!decided.hasRoom) return { state: 'failed', at, why: 'has too many notices that wait for it' };
  if (decided.opens || record.receiveCount > 1) await sendDue(value, key, now, services);
  return { state: 'waiting', at };
}

/** Sends a message for each unsent list: at once for closed lists, and at its end for the open one. */
export async function sendDue(
  record: DigestRecord | undefined,
  recipient: string,
  now: number,
  { notices }: Pick<NotifyServices, 'notices'>,
): Promise<void> {
  const { open, closed = [] } = record ?? {};
  const times = [
    ...(closed.some(({ refusedFor }) => refusedFor === undefined) ? [new Date(now).toISOString()] : []),
    ...(open ? [open.dueAt] : []),
  ];
  if (times.length > 0) await notices.send(times.map((dueAt) => dueMessage(recipient, dueAt, now)));
}

/** The message for a list, at its end or as late as a queue can deliver it. */
export function dueMessage(recipient: string, dueAt: string, now: number): QueueMessage {
  const delaySeconds = Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil((Date.parse(dueAt) - now) / 1000)));
  return { body: JSON.stringify({ kind: 'digest', recipient, dueAt }), delaySeconds };
}
