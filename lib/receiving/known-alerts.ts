import type { Alert } from '#lib/alerts/decide';
import type { KnownAlert } from '#lib/alerts/evidence';
import { alertDocumentKey, alertDocumentKind } from '#lib/ledger/alert-document';
import { parseOne, type Unreadable } from '#lib/ledger/read-many';
import type { DocumentKey, Store } from '#lib/ledger/store';

/** The ledger's knowledge of the alerts of a delivery, read together. */
export type KnownAlerts = {
  /** Undefined for an alert whose document cannot be read. */
  of(alert: Pick<Alert, 'source' | 'fingerprint'>): KnownAlert | undefined;
  unreadable: readonly Unreadable[];
};

const NOTHING: KnownAlert = { document: undefined, value: undefined };

function keyOf({ source, fingerprint }: Pick<Alert, 'source' | 'fingerprint'>): DocumentKey {
  return alertDocumentKey(source, fingerprint);
}

export async function readKnownAlerts(
  store: Store,
  alerts: readonly Pick<Alert, 'source' | 'fingerprint'>[],
): Promise<KnownAlerts> {
  const documents = await store.getMany(alerts.map(keyOf));
  const known = new Map(
    documents.map((document) => [document.pk, { document, read: parseOne(alertDocumentKind, document) }]),
  );
  return {
    of(alert) {
      const found = known.get(keyOf(alert).pk);
      if (!found) return NOTHING;
      return 'value' in found.read ? { document: found.document, value: found.read.value } : undefined;
    },
    unreadable: [...known.values()].flatMap(({ read }) => ('value' in read ? [] : [read])),
  };
}
