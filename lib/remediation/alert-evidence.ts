import { change } from '#lib/ledger/change';
import { type AlertRecord, alertRecordKey, alertRecordKind } from '#lib/ledger/node-record';
import type { AlertReference } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { record } from './outcome.ts';

/** Stores that an alert fires. One that is known to have resolved stays so: it may only have been delivered late. */
export async function recordFiring(
  store: Store,
  alert: AlertReference & { source: string },
  remediation: string,
  now: number,
): Promise<void> {
  const { source, fingerprint, startsAt } = alert;
  await change<AlertRecord>(
    store,
    alertRecordKind,
    alertRecordKey(source, fingerprint, startsAt),
    (known) => ({
      source,
      fingerprint,
      startsAt,
      status: known?.status ?? 'firing',
      ...(known?.resolvedAt && { resolvedAt: known.resolvedAt }),
      seenAt: latest(known?.seenAt, now),
      remediation,
    }),
  );
}

/** Whoever was held up on the way does not make what was seen since older again. */
function latest(seenAt: string | undefined, now: number): string {
  const at = new Date(now).toISOString();
  return seenAt !== undefined && Date.parse(seenAt) > now ? seenAt : at;
}

/** Stores that an alert has resolved, for the guards, and adds it to the receipts of the remediation that it led to. */
export async function recordResolved(
  store: Store,
  alert: AlertReference & { source: string; endsAt?: string },
  now: number,
): Promise<void> {
  const { source, fingerprint, startsAt, endsAt } = alert;
  const seenAt = new Date(now).toISOString();
  const resolvedAt = endsAt ?? seenAt;
  const { value, written } = await change<AlertRecord>(
    store,
    alertRecordKind,
    alertRecordKey(source, fingerprint, startsAt),
    (known) =>
      known?.status === 'resolved'
        ? undefined
        : { ...known, source, fingerprint, startsAt, status: 'resolved', seenAt, resolvedAt },
  );
  if (!written || value?.remediation === undefined) return;
  const receipt = { step: 'evidence', alert: fingerprint, status: 'resolved', resolvedAt };
  await record(
    store,
    value.remediation,
    now,
    () => true,
    () => ({ changes: {}, receipts: [receipt] }),
  );
}
