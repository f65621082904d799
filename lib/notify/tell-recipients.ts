import type { Invocation } from '#lib/handler/invocation';
import type { QueueRecord } from '#lib/handler/queue-record';
import type { Progress } from '#lib/ledger/notices/notice-record';
import { counted } from '#lib/metrics/embedded';
import { Notices } from '#lib/metrics/table';
import { deadLetter } from '#lib/remediation/messages/inbox';
import type { RemediationServices } from '#lib/remediation/record/services';
import { hasAlarms } from '#lib/rules/wanted';
import { deliverAlarm, isAlarmed } from './alarms.ts';
import { collect } from './collect.ts';
import type { DeliverServices } from './deliver.ts';
import { digestOf } from './digest-time.ts';
import { isDue, readProgress, recordProgress, toProgress } from './progress.ts';
import { isOnlyClosed, type Recipient } from './recipients.ts';
import { noteOutcome } from './silence.ts';
import type { Telling } from './telling.ts';
import { deliverInThread } from './threads.ts';

export type NotifyServices = Pick<
  RemediationServices,
  'store' | 'rules' | 'clock' | 'deadLetters' | 'maxReceives' | 'notices'
> &
  DeliverServices;

/**
 * Sends the notice to each recipient that does not have it yet, all at the same time. A refusal becomes a dead letter. For a recipient with
 * a digest the notice goes into its list.
 *
 * @param record the message that carries the notice.
 * @returns whether all have it now, and, in words, which recipients need another try and why.
 */
export async function tellRecipients(
  recipients: readonly Recipient[],
  telling: Telling,
  record: QueueRecord,
  services: NotifyServices,
  invocation: Invocation,
): Promise<{ allTold: boolean; failed: string[] }> {
  const { store, clock } = services;
  const { id } = telling.told.body;
  const known = await readProgress(store, id);
  const due = recipients.filter(
    ({ key }) => isDue(known[key], record.messageId, clock.now()) || isDueAgain(record, known[key]),
  );
  const attempts = await Promise.allSettled(
    due.map((recipient) =>
      tellRecipient(recipient, telling, { record, before: known[recipient.key] }, services, invocation),
    ),
  );
  const broken = attempts.find(({ status }) => status === 'rejected');
  if (broken?.status === 'rejected') throw broken.reason;

  const progress = await readProgress(store, id);
  return {
    allTold: recipients.every(({ key }) => progress[key]?.state === 'told'),
    failed: recipients.flatMap(({ key, name }) => {
      const one = progress[key];
      return one?.state === 'failed' ? [`${name} ${one.why}`] : [];
    }),
  };
}

/**
 * Sends the notice to one recipient and records the result at once, so a failure of another recipient causes no second
 * notice here.
 */
async function tellRecipient(
  recipient: Recipient,
  { notice, told, about }: Telling,
  { record, before }: { record: QueueRecord; before: Progress | undefined },
  services: NotifyServices,
  invocation: Invocation,
): Promise<void> {
  const { store, clock } = services;
  const { id } = told.body;
  const digestMs = digestOf(recipient.target);
  if (digestMs > 0) {
    const progress = await collect(recipient, digestMs, notice, { record, before }, services);
    await recordProgress(store, id, clock.now(), { [recipient.key]: progress });
    return;
  }
  const isOnlyClosing = isOnlyClosed(recipient.target, notice, about, services.rules);
  if (isOnlyClosing && !(await isAlarmed(recipient, told.message.incident, services, invocation))) {
    const at = new Date(clock.now()).toISOString();
    // It has nothing to close, so no notice waits for it.
    await recordProgress(store, id, clock.now(), { [recipient.key]: { state: 'told', at } });
    return;
  }
  const send = hasAlarms(recipient.target) ? deliverAlarm : deliverInThread;
  const delivery = await send(recipient, told, services, invocation);
  const { outcome, ...more } = delivery;
  invocation.log.info(`notice ${outcome}`, {
    notice: id,
    target: recipient.name,
    ...more,
    ...counted(Notices, 1, { outcome, receiver: recipient.target.kind }, clock.now()),
  });
  // Before the record of it: a process that dies in between leaves two dead letters instead of none.
  if (outcome === 'refused')
    await deadLetter(services, record, `${recipient.name} ${delivery.why}`, { notice: id });
  const now = clock.now();
  await noteOutcome(recipient, delivery, services, now);
  await recordProgress(store, id, now, {
    [recipient.key]: toProgress(delivery, record.messageId, now, before),
  });
}

/** Whether a notice may be in no list: the process that put it there may have died before it sent the message that is due at its end. */
function isDueAgain({ receiveCount }: QueueRecord, progress: Progress | undefined): boolean {
  return progress?.state === 'waiting' && receiveCount > 1;
}
