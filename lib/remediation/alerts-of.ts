import { parseDocument } from '#lib/ledger/change';
import { type AlertRecord, alertRecordKey, alertRecordKind } from '#lib/ledger/node-record';
import type { Remediation } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';

/** What the ledger knows of the alerts that speak for a remediation, as it is now. */
export async function alertsOf(
  { alerts, reason }: Pick<Remediation, 'alerts' | 'reason'>,
  store: Store,
): Promise<AlertRecord[]> {
  if (alerts.length === 0) return [];
  const source = String(reason?.['source']);
  const keys = alerts.map(({ fingerprint, startsAt }) => alertRecordKey(source, fingerprint, startsAt));
  return (await store.getMany(keys)).map((document) => parseDocument(alertRecordKind, document));
}
