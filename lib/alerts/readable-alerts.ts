import type { AlertRecord } from '#lib/ledger/alert-document';
import { UnreadableDocumentError } from '#lib/ledger/change';
import type { ReadMany } from '#lib/ledger/read-many';
import type { Remediation } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { alertsOf } from './alerts-of.ts';

/** The alerts that speak for a remediation, as the ledger has them. If one is unreadable: none, and the reason. */
export async function readableAlertsOf(
  remediation: Pick<Remediation, 'alerts' | 'reason'>,
  store: Store,
): Promise<ReadMany<AlertRecord>> {
  try {
    return { values: await alertsOf(remediation, store), unreadable: [] };
  } catch (error) {
    if (!(error instanceof UnreadableDocumentError)) throw error;
    return { values: [], unreadable: [{ kind: error.kind, document: error.document, why: error.message }] };
  }
}
