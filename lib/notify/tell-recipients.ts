import type { Invocation } from '#lib/handler/invocation';
import type { QueueRecord } from '#lib/handler/queue-record';
import { deadLetter } from '#lib/remediation/messages/inbox';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { Told } from './body.ts';
import { type DeliverServices, deliver } from './deliver.ts';
import { isDue, readProgress, recordProgress, toProgress } from './progress.ts';
import type { Recipient } from './recipients.ts';

export type NotifyServices = Pick<
  RemediationServices,
  'store' | 'rules' | 'clock' | 'deadLetters' | 'maxReceives'
> &
  DeliverServices;

/**
 * Sends the notice to each recipient that does not have it yet, all at the same time. A refusal becomes a dead letter.
 *
 * @param record the message that carries the notice.
 * @returns whether all have it now, and, in words, which recipients need another try and why.
 */
export async function tellRecipients(
  recipients: readonly Recipient[],
  told: Told,
  record: QueueRecord,
  services: NotifyServices,
  invocation: Invocation,
): Promise<{ allTold: boolean; failed: string[] }> {
  const { store, clock } = services;
  const { id } = told.body;
  const known = await readProgress(store, id);
  const due = recipients.filter(({ key }) => isDue(known[key], record.messageId, clock.now()));
  const attempts = await Promise.allSettled(
    due.map((recipient) => tellRecipient(recipient, told, record, services, invocation)),
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
  told: Told,
  record: QueueRecord,
  services: NotifyServices,
  invocation: Invocation,
): Promise<void> {
  const { store, clock } = services;
  const { id } = told.body;
  const delivery = await deliver(recipient, told, services, invocation);
  const { outcome, ...more } = delivery;
  invocation.log.info(`notice ${outcome}`, { notice: id, target: recipient.name, ...more });
  // Before the record of it: a process that dies in between leaves two dead letters instead of none.
  if (outcome === 'refused')
    await deadLetter(services, record, `${recipient.name} ${delivery.why}`, { notice: id });
  const now = clock.now();
  await recordProgress(store, id, now, {
    [recipient.key]: toProgress(delivery, record.messageId, now),
  });
}
