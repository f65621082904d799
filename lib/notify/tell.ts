import { NotifyMessage } from '#events/notice';
import type { Invocation } from '#lib/handler/invocation';
import type { QueueRecord } from '#lib/handler/queue-record';
import { readMessage } from '#lib/handler/read-message';
import { createRedelivery } from '#lib/handler/redelivery';
import { deadLetter } from '#lib/remediation/messages/inbox';
import { atLastDelivery } from '#lib/remediation/messages/last-delivery';
import { recipientsOf } from './recipients.ts';
import { sendDigests } from './send-digests.ts';
import { type NotifyServices, tellRecipients } from './tell-recipients.ts';
import { markNotified, tellingOf } from './telling.ts';

/**
 * Some recipients could not get a notice. The next delivery of the message tries them again. The text names them by their
 * hosts.
 */
export class NotToldError extends Error {
  override name = 'NotToldError';
}

/**
 * Processes a batch of notices: every recipient that wants a notice gets it, at least once. If a recipient fails, the next
 * delivery of the message tries it again, and no other. A refusal becomes a dead letter with the reason.
 *
 * @returns the ids of the messages to deliver again.
 */
export async function notifyRecipients(
  records: readonly QueueRecord[],
  services: NotifyServices,
  invocation: Invocation,
): Promise<string[]> {
  const { orAgain, messageIds } = createRedelivery(invocation.log, atLastDelivery(services, invocation));
  const same = [...Map.groupBy(records, ({ body }) => body).values()];
  await Promise.all(same.map((group) => orAgain(group, () => tellOne(group, services, invocation))));
  return messageIds();
}

/** Processes messages of the same notice. */
async function tellOne(
  [record]: readonly QueueRecord[],
  services: NotifyServices,
  invocation: Invocation,
): Promise<void> {
  if (!record) return;
  const message = readMessage(record.body, NotifyMessage, 'a notice');
  if ('why' in message) return deadLetter(services, record, message.why);
  if (message.value.kind === 'digest') {
    refuseIfAny(await sendDigests(message.value, record, services, invocation));
    return;
  }
  const telling = await tellingOf(message.value, services);
  if (typeof telling === 'string') return deadLetter(services, record, telling);

  const { about, entry } = telling;
  const recipients = recipientsOf(message.value, about, services.rules);
  const { allTold, failed } = await tellRecipients(recipients, telling, record, services, invocation);
  refuseIfAny(failed);
  if (entry && allTold) await markNotified(entry, services);
}

/** @throws NotToldError with the reasons: the queue delivers the message again. */
function refuseIfAny(failed: readonly string[]): void {
  if (failed.length > 0) throw new NotToldError(failed.join('; '));
}
