import * as z from 'zod';
import type { DocumentKind } from '#lib/ledger/change';
import type { DocumentKey } from '#lib/ledger/store';

/** What became of one alert of a delivery. Texts of the sender are excerpts. */
const JournalAlert = z.object({
  /** Its fingerprint; of an alert that cannot be read and has none, its place: `alerts[7]`. */
  alert: z.string(),
  status: z.enum(['firing', 'resolved', 'unreadable']),
  startsAt: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  /** What it may call its node by: a name or an address without its port. */
  named: z.array(z.string()).optional(),
  rule: z.string().optional(),
  /** The pool's id. */
  pool: z.string().optional(),
  /** The remediation that it led to, or speaks for. */
  remediation: z.string().optional(),
  /** Why it led to none. */
  ignored: z.string().optional(),
});
export type JournalAlert = z.output<typeof JournalAlert>;

/**
 * A delivery as it was received, or a part of a large one. `status`: what it was answered; absent on all parts but the last.
 */
const DeliveryRecord = z.object({
  id: z.string(),
  /** Which part of the delivery, counted from 0. */
  part: z.int(),
  at: z.iso.datetime(),
  source: z.string(),
  /** The name of the token with which it came. */
  sender: z.string().optional(),
  receiver: z.string().optional(),
  /** Of the body. */
  bytes: z.int(),
  status: z.int().optional(),
  /** Why it was refused, or not stored as a whole. */
  why: z.string().optional(),
  /** How many alerts the sender said that it had left out. */
  truncated: z.int().optional(),
  alerts: z.array(JournalAlert),
});
export type DeliveryRecord = z.output<typeof DeliveryRecord>;

/** So long a delivery is found; then the table's time-to-live removes it. */
export const JOURNAL_DAYS = 30;
export const JOURNAL_MS = JOURNAL_DAYS * 24 * 3_600_000;

const expiry = (at: string) => ({ expiresAt: Math.floor((Date.parse(at) + JOURNAL_MS) / 1000) });

export const deliveryRecordKind: DocumentKind<DeliveryRecord> = {
  name: 'delivery',
  schema: DeliveryRecord,
  index: ({ at }) => expiry(at),
};

/** All deliveries of a day (UTC) lie in one partition, so that they are listed by time without an index. */
export function deliveryPartition(at: string): string {
  return `deliveries#${at.slice(0, 10)}`;
}

/** In the order of time; the same in the partition of the day and in those of what is named. */
export function deliverySortKey({ at, id, part }: Pick<DeliveryRecord, 'at' | 'id' | 'part'>): string {
  return `${at}#${id}#${String(part).padStart(4, '0')}`;
}

export function deliveryKey(sortKey: string): DocumentKey {
  return { pk: deliveryPartition(sortKey), sk: sortKey };
}

/** Says that a delivery names something. Its sort key is that of the delivery. */
const Mention = z.object({ at: z.iso.datetime() });
export const mentionKind: DocumentKind<z.output<typeof Mention>> = {
  name: 'mention of a delivery',
  schema: Mention,
  index: ({ at }) => expiry(at),
};

/** By what a delivery is found besides its time: what its alerts may call their node by, and their fingerprints. */
export type Term = { kind: 'node' | 'alert'; text: string };

export function mentionPartition({ kind, text }: Term): string {
  return `mentioned#${kind}#${text}`;
}
