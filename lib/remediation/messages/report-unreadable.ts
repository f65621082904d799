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

/** The most documents of one report. If this version cannot read the data of another, it may be able to read none of it. */
const MAX_REPORTED = 20;

/**
 * Reports unreadable documents: each time as an error in the log, and once as an incident to people. Never throws: if a report
 * fails, the next process that finds the document repeats it.
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
      log.error('the notice of an unreadable document could not be sent', {
        document: one.document.pk,
        error,
      });
    }
  }
}

/**
 * Reports the document of an error, if the error says that the document is unreadable.
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

/** Only the log's part of a report, for functions that send no notices. The sweep finds the documents, too. */
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

/** The pool of a document, as far as the document names it. */
function poolOf(document: Unreadable['document']): string {
  const value = document['value'];
  const inside = typeof value === 'object' && value !== null && 'pool' in value ? value.pool : undefined;
  const pool = document['pool'] ?? inside;
  return typeof pool === 'string' && pool !== '' ? excerpt(pool, 256) : 'unknown';
}
