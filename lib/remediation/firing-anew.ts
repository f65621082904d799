import type { Call } from '#lib/ledger/call';
import { parseDocument } from '#lib/ledger/change';
import { alertPartition, alertRecordKind } from '#lib/ledger/node-record';
import {
  type AlertReference,
  type Remediation,
  remediationKey,
  remediationKind,
} from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';

/** Alerts that come and go: as many of their latest beginnings are looked at. */
const LOOKED_AT = 20;

/** Which alerts of a remediation began once more after a time (epoch milliseconds), and have not resolved since. */
export async function readFiringAnew(
  store: Store,
  { alerts, reason }: Pick<Remediation, 'alerts' | 'reason'>,
  sinceMs: number,
): Promise<AlertReference[]> {
  const source = String(reason?.['source']);
  const fingerprints = [...new Set(alerts.map(({ fingerprint }) => fingerprint))];
  const found = await Promise.all(
    fingerprints.map((fingerprint) =>
      store.query({ partition: alertPartition(source, fingerprint), limit: LOOKED_AT }),
    ),
  );
  return found
    .flat()
    .map((document) => parseDocument(alertRecordKind, document))
    .filter(({ status, startsAt }) => status === 'firing' && Date.parse(startsAt) > sinceMs)
    .map(({ fingerprint, startsAt }) => ({ fingerprint, startsAt }));
}

/** The same for each remediation of a call, since the call was sent: by remediation id. */
export async function readFiringSince(
  store: Store,
  { members, callingAt, createdAt }: Call,
): Promise<Map<string, AlertReference[]>> {
  const documents = await store.getMany(members.map(({ remediation }) => remediationKey(remediation)));
  const remediations = documents.map((document) => parseDocument(remediationKind, document));
  const sinceMs = Date.parse(callingAt ?? createdAt);
  return new Map(
    await Promise.all(
      remediations.map(
        async (remediation) => [remediation.id, await readFiringAnew(store, remediation, sinceMs)] as const,
      ),
    ),
  );
}
