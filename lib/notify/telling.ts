import type { Notice } from '#events/notice';
import { updateDocument } from '#lib/ledger/change';
import { MAX_NOTIFIED } from '#lib/ledger/limits';
import { showState } from '#lib/ledger/listing/shown';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import { type Entry, entryOf, isSameEntry, withoutEntries } from '#lib/remediation/record/outbox';
import { incidentTold, remediationTold, type Told } from './body.ts';
import type { DatedNotice } from './entry.ts';
import { readProgress } from './progress.ts';
import { recipientsOf } from './recipients.ts';
import type { NotifyServices } from './tell-recipients.ts';

/** The content of a notice, its subject, and the entry into a state behind it. */
export type Telling = {
  notice: DatedNotice;
  told: Told;
  about: { pool?: string | undefined; rule?: string | undefined };
  entry?: Entry & { id: string };
};

/** The content of a notice by the present facts, or the reason why it has none. */
export async function tellingOf(
  notice: Notice,
  { store, rules, baseUrl }: Pick<NotifyServices, 'store' | 'rules' | 'baseUrl'>,
): Promise<Telling | string> {
  if (notice.kind === 'incident')
    return { notice, told: incidentTold(notice, rules, baseUrl), about: notice };
  const about = await showState(store, notice.id);
  if (!about) return `the ledger has no remediation ${notice.id}`;
  if (notice.kind === 'rung') return { notice, told: remediationTold(notice, about, rules, baseUrl), about };
  const { kind, id, state, since = entryOf(about).since } = notice;
  const dated = { kind, id, state, since };
  return {
    notice: dated,
    told: remediationTold(dated, about, rules, baseUrl),
    about,
    entry: { id, state, since },
  };
}

/** Ends a notice if every recipient has it: its entry leaves the outbox. */
export async function endIfTold(
  { notice, told, about, entry }: Telling,
  services: NotifyServices,
): Promise<void> {
  if (!entry) return;
  const progress = await readProgress(services.store, told.body.id);
  const recipients = recipientsOf(notice, about, services.rules);
  if (recipients.every(({ key }) => progress[key]?.state === 'told')) await markNotified(entry, services);
}

/**
 * Takes an entry out of the outbox, into the list of those that everybody has heard of. Changes neither the state nor the time
 * of its last change: a notice is no event of a remediation.
 */
export async function markNotified(
  { id, ...entry }: Entry & { id: string },
  { store, clock }: Pick<NotifyServices, 'store' | 'clock'>,
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
