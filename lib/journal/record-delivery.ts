import type { Document, Store } from '#lib/ledger/store';
import {
  type DeliveryRecord,
  deliveryKey,
  deliveryRecordKind,
  deliverySortKey,
  type JournalAlert,
  mentionKind,
  mentionPartition,
  type Term,
} from './delivery-record.ts';

/** The fields that all parts of a delivery share. */
export type DeliveryHead = Pick<
  DeliveryRecord,
  'id' | 'at' | 'source' | 'sender' | 'receiver' | 'bytes' | 'truncated'
>;

/** An item of the table has 400 KB at most. A part stays well below. */
const MAX_PART_BYTES = 150_000;
const MAX_PART_ALERTS = 100;

/**
 * Writes a part of a delivery and its search keys into the journal: one item for up to a hundred alerts, and a small one for
 * each node and each alert in it.
 *
 * @param ending the answer to the delivery, with its last part.
 * @returns the number of parts so far.
 */
export async function recordDelivery(
  store: Store,
  head: DeliveryHead,
  part: number,
  alerts: readonly JournalAlert[],
  ending?: Pick<DeliveryRecord, 'status' | 'why'>,
): Promise<number> {
  const parts = inParts(alerts);
  const records = parts.map(
    (some, index): DeliveryRecord => ({
      ...head,
      part: part + index,
      ...(index === parts.length - 1 && ending),
      alerts: some,
    }),
  );
  await store.putMany(records.flatMap((record) => itemsOf(record, store)));
  return part + records.length;
}

/** Alerts in lists that each fit into one item. At least one list. */
function inParts(alerts: readonly JournalAlert[]): JournalAlert[][] {
  const parts: JournalAlert[][] = [[]];
  let bytes = 0;
  for (const alert of alerts) {
    const more = Buffer.byteLength(JSON.stringify(alert));
    const last = parts.at(-1) ?? [];
    if (last.length > 0 && (last.length === MAX_PART_ALERTS || bytes + more > MAX_PART_BYTES)) {
      parts.push([alert]);
      bytes = more;
    } else {
      last.push(alert);
      bytes += more;
    }
  }
  return parts;
}

function itemsOf(record: DeliveryRecord, { newId }: Pick<Store, 'newId'>): Document[] {
  const writeId = newId();
  const sortKey = deliverySortKey(record);
  const mention = { at: record.at };
  const terms = new Set(record.alerts.flatMap(termsOf).map(mentionPartition));
  return [
    {
      ...deliveryKey(sortKey),
      ...deliveryRecordKind.index?.(record),
      version: 1,
      writeId,
      value: record,
    },
    ...[...terms].map((pk) => ({
      pk,
      sk: sortKey,
      ...mentionKind.index?.(mention),
      version: 1,
      writeId,
      value: mention,
    })),
  ];
}

/** The label of an unreadable alert without a fingerprint. */
const PLACE = /^(?:alerts|events)\[\d+\]$/;

/** The search keys of an alert. */
export function termsOf({ alert, named = [] }: JournalAlert): Term[] {
  const fingerprint: Term[] = PLACE.test(alert) ? [] : [{ kind: 'alert', text: alert }];
  return [...fingerprint, ...named.map((text): Term => ({ kind: 'node', text }))];
}
