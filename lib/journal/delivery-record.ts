import * as z from 'zod';
import type { DocumentKind } from '#lib/ledger/change';
import { type DocumentKey, expiry } from '#lib/ledger/store';

/** The outcome of one alert of a delivery. Texts of the sender are excerpts. */
const JournalAlert = z.object({
  /** Its fingerprint, or for an unreadable alert without one its position: `alerts[7]`. */
  alert: z.string(),
  /** `other`: a readable report that is no alert. */
  status: z.enum(['firing', 'resolved', 'unreadable', 'other']),
  startsAt: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  /** Its possible words for its node: names, or addresses without their ports. */
  named: z.array(z.string()).optional(),
  rule: z.string().optional(),
  /** The pool's id. */
  pool: z.string().optional(),
  /** The remediation that it opened, or speaks for. */
  remediation: z.string().optional(),
  /** The reason why it opened none. */
  ignored: z.string().optional(),
});
export type JournalAlert = z.output<typeof JournalAlert>;

/** A received delivery, or a part of a large one. `status`: the answer; absent on all parts except the last. */
export const DeliveryRecord = z.object({
  id: z.string(),
  /** The number of the part, from 0. */
  part: z.int(),
  at: z.iso.datetime(),
  source: z.string(),
  /** The name of its token. */
  sender: z.string().optional(),
  receiver: z.string().optional(),
  /** Size of the body. */
  bytes: z.int(),
  status: z.int().optional(),
  /** The reason of a refusal, or of a partial store. */
  why: z.string().optional(),
  /** The number of alerts that the sender omitted, by its own count. */
  truncated: z.int().optional(),
  alerts: z.array(JournalAlert),
});
export type DeliveryRecord = z.output<typeof DeliveryRecord>;

/** Lifetime of a delivery. The table's time-to-live then removes it. */
export const JOURNAL_DAYS = 30;
export const JOURNAL_MS = JOURNAL_DAYS * 24 * 3_600_000;

export const deliveryRecordKind: DocumentKind<DeliveryRecord> = {
  name: 'delivery',
  schema: DeliveryRecord,
  index: ({ at }) => expiry(at, JOURNAL_MS),
};

/** All deliveries of a day (UTC) lie in one partition, so a list by time needs no index. */
export function deliveryPartition(at: string): string {
  return `deliveries#${at.slice(0, 10)}`;
}

/** In the order of time. It is the same in the partition of the day and in those of names. */
export function deliverySortKey({ at, id, part }: Pick<DeliveryRecord, 'at' | 'id' | 'part'>): string {
  return `${at}#${id}#${String(part).padStart(4, '0')}`;
}

export function deliveryKey(sortKey: string): DocumentKey {
  return { pk: deliveryPartition(sortKey), sk: sortKey };
}

/** Links a name to a delivery. Its sort key is that of the delivery. */
const Mention = z.object({ at: z.iso.datetime() });
export const mentionKind: DocumentKind<z.output<typeof Mention>> = {
  name: 'mention of a delivery',
  schema: Mention,
  index: ({ at }) => expiry(at, JOURNAL_MS),
};

/** The search keys of a delivery besides its time: its alerts' words for their nodes, and their fingerprints. */
export type Term = { kind: 'node' | 'alert'; text: string };

export function mentionPartition({ kind, text }: Term): string {
  return `mentioned#${kind}#${text}`;
}
