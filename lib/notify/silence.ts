import type { Notice } from '#events/notice';
import { readDocument, updateDocument } from '#lib/ledger/change';
import {
  type RecipientRecord,
  recipientRecordKey,
  recipientRecordKind,
} from '#lib/ledger/notices/recipient-record';
import type { Store } from '#lib/ledger/store';
import { sendNotice } from '#lib/remediation/record/send-notice';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { Delivery } from './post.ts';
import type { Recipient } from './recipients.ts';

/** A recipient that was away for a moment is no news. */
const SILENT_MS = 10 * 60_000;

type Services = Pick<RemediationServices, 'notices'> & { store: Store };

/**
 * Follows whether notices arrive at a recipient. If they have not for ten minutes, or if it refuses them, the other recipients hear of
 * it, once; and once more when a notice arrives again. A process that dies in between lets them hear of it twice at most.
 */
export async function noteOutcome(
  { key, name }: Recipient,
  delivery: Delivery,
  { store, notices }: Services,
  now: number,
): Promise<void> {
  const known = await readDocument(store, recipientRecordKind, recipientRecordKey(key));
  const change = (next: (current: RecipientRecord) => RecipientRecord | undefined) =>
    updateDocument(store, recipientRecordKind, recipientRecordKey(key), (current = { recipient: key }) =>
      next(current),
    );
  const at = new Date(now).toISOString();
  const incident = { kind: 'incident', about: name.slice(0, 256), recipient: key } as const;

  if (delivery.outcome === 'told') {
    if (known?.failingSince === undefined) return;
    if (known.reportedAt !== undefined)
      await report({
        ...incident,
        incident: 'recipient-back',
        why: `its last silence began at ${known.failingSince}`,
        at,
      });
    await change(() => ({ recipient: key }));
    return;
  }
  const { failingSince = at, reportedAt } = known ?? {};
  if (known?.failingSince === undefined) await change((current) => ({ failingSince: at, ...current }));
  const isSilent = delivery.outcome === 'refused' || now - Date.parse(failingSince) >= SILENT_MS;
  if (reportedAt !== undefined || !isSilent) return;
  await report({ ...incident, incident: 'recipient-silent', why: `it ${delivery.why}`, at: failingSince });
  await change((current) => ({ ...current, reportedAt: at }));

  async function report(notice: Extract<Notice, { kind: 'incident' }>): Promise<void> {
    await sendNotice(notice, { notices });
  }
}
