import { excerpt } from '#lib/bounds';
import { UnreadableDocumentError, updateDocument } from '#lib/ledger/change';
import type { Unreadable } from '#lib/ledger/read-many';
import {
  type UnreadableRecord,
  unreadableRecordKey,
  unreadableRecordKind,
} from '#lib/ledger/unreadable-record';
import type { Logger } from '#lib/log';
import { sendNotice } from '#lib/remediation/record/send-notice';
import type { RemediationServices } from '#lib/remediation/record/services';

/** As many are reported at once: where a version cannot read what another wrote, it cannot read anything. */
const MAX_REPORTED = 20;

/**
 * Reports documents that cannot be read: each as an error in the log, every time, and as an incident to people, once. Never
 * throws: a report that fails is made again by the next process that meets the document.
 */
export async function reportUnreadable(
  unreadable: readonly Unreadable[],
  { store, notices, clock }: Pick<RemediationServices, 'store' | 'notices' | 'clock'>,
  log: Logger,
): Promise<void> {
  logUnreadable(unreadable, log);
  for (const one of unreadable.slice(0, MAX_REPORTED)) {
    try {
      await tellOnce(one, { store, notices, clock });
    } catch (error) {
      log.error('nobody was told of a document that cannot be read', { document: one.document.pk, error });
    }
  }
}

/**
 * Reports the document that an error is about, if it is one that cannot be read.
 *
 * @returns whether it was.
 */
export async function reportIfUnreadable(
  error: unknown,
  services: Pick<RemediationServices, 'store' | 'notices' | 'clock'>,
  log: Logger,
): Promise<boolean> {
  if (!(error instanceof UnreadableDocumentError)) return false;
  await reportUnreadable([{ kind: error.kind, document: error.document, why: error.message }], services, log);
  return true;
}

/** The same where there is nobody to tell by: the sweep finds it too. */
export function logUnreadable(unreadable: readonly Unreadable[], log: Logger): void {
  for (const { kind, document, why } of unreadable.slice(0, MAX_REPORTED)) {
    log.error('a document of the ledger cannot be read', {
      kind,
      document: document.pk,
      sortKey: document.sk,
      why: excerpt(why, 1000),
    });
  }
  if (unreadable.length > MAX_REPORTED) {
    log.error('more documents of the ledger cannot be read', { documents: unreadable.length });
  }
}

async function tellOnce(
  { kind, document, why: problem }: Unreadable,
  { store, notices, clock }: Pick<RemediationServices, 'store' | 'notices' | 'clock'>,
): Promise<void> {
  const key = unreadableRecordKey(document);
  const why = excerpt(problem, 500);
  const { value } = await updateDocument<UnreadableRecord>(store, unreadableRecordKind, key, (known) =>
    known ? undefined : { document: document.pk, why, at: new Date(clock.now()).toISOString(), told: false },
  );
  if (!value || value.told) return;
  const about = excerpt(`${kind} ${document.pk}`, 256);
  const pool = poolOf(document);
  await sendNotice({ kind: 'incident', incident: 'unreadable', pool, about, why, at: value.at }, { notices });
  await updateDocument<UnreadableRecord>(
    store,
    unreadableRecordKind,
    key,
    (known) => known && { ...known, told: true },
  );
}

/** The pool that a document is about, where it says so. */
function poolOf(document: Unreadable['document']): string {
  const value = document['value'];
  const inside = typeof value === 'object' && value !== null && 'pool' in value ? value.pool : undefined;
  const pool = document['pool'] ?? inside;
  return typeof pool === 'string' && pool !== '' ? excerpt(pool, 256) : 'unknown';
}
