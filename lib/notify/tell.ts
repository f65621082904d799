import { Notice } from '#events/notice';
import type { Invocation } from '#lib/handler/invocation';
import type { QueueRecord } from '#lib/handler/queue-record';
import { readMessage } from '#lib/handler/read-message';
import { createRedelivery } from '#lib/handler/redelivery';
import { updateDocument } from '#lib/ledger/change';
import { MAX_NOTIFIED } from '#lib/ledger/limits';
import { showState } from '#lib/ledger/listing/shown';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import { deadLetter } from '#lib/remediation/messages/inbox';
import { atLastDelivery } from '#lib/remediation/messages/last-delivery';
import { type Entry, entryOf, isSameEntry, withoutEntries } from '#lib/remediation/record/outbox';
import { incidentTold, remediationTold, type Told } from './body.ts';
import { recipientsOf } from './recipients.ts';
import { type NotifyServices, tellRecipients } from './tell-recipients.ts';

/**
 * Some recipients could not get a notice. The next delivery of the message tries them again. The text names them by their
 * hosts.
 */
export class NotToldError extends Error {
  override name = 'NotToldError';
}

/** The content of a notice, its subject, and the entry into a state behind it. */
type Telling = {
  told: Told;
  about: { pool?: string | undefined; rule?: string | undefined };
  entry?: Entry & { id: string };
};

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
  const message = readMessage(record.body, Notice, 'a notice');
  if ('why' in message) return deadLetter(services, record, message.why);
  const notice = message.value;
  const telling = await tellingOf(notice, services);
  if (typeof telling === 'string') return deadLetter(services, record, telling);

  const { told, about, entry } = telling;
  const recipients = recipientsOf(notice, about, services.rules);
  const { allTold, failed } = await tellRecipients(recipients, told, record, services, invocation);
  if (failed.length > 0) throw new NotToldError(failed.join('; '));
  if (entry && allTold) await markNotified(entry, services);
}

/** The content of a notice by the present facts, or the reason why it has none. */
async function tellingOf(
  notice: Notice,
  { store, rules, baseUrl }: NotifyServices,
): Promise<Telling | string> {
  if (notice.kind === 'incident') return { told: incidentTold(notice, rules, baseUrl), about: notice };
  const about = await showState(store, notice.id);
  if (!about) return `the ledger has no remediation ${notice.id}`;
  if (notice.kind === 'rung') return { told: remediationTold(notice, about, rules, baseUrl), about };
  const { kind, id, state, since = entryOf(about).since } = notice;
  return {
    told: remediationTold({ kind, id, state, since }, about, rules, baseUrl),
    about,
    entry: { id, state, since },
  };
}

/**
 * Takes an entry out of the outbox, into the list of those that everybody has heard of. Changes neither the state nor the time
 * of its last change: a notice is no event of a remediation.
 */
async function markNotified(
  { id, ...entry }: Entry & { id: string },
  { store, clock }: NotifyServices,
): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  await updateDocument(store, remediationKind, remediationKey(id), (current) => {
    if (!current || isNotified(current, entry)) return undefined;
    const notified = [...(current.notified ?? []), { ...entry, at }].slice(-MAX_NOTIFIED);
    return { ...withoutEntries(current, (one) => isSameEntry(one, entry)), notified };
  });
}

/** Whether every recipient has the notice of an entry. */
function isNotified({ notified = [], untold = [] }: Remediation, entry: Entry): boolean {
  const isEntry = (one: Entry) => isSameEntry(one, entry);
  return notified.some(isEntry) && !untold.some(isEntry);
}
