import * as z from 'zod';
import { SaneTime } from '#lib/bounds';
import { bytesInAnswer, MAX_PAGE_BYTES } from '#lib/ledger/listing/answer-size';
import { Cursor, decodeCursor, encodeCursor } from '#lib/ledger/listing/cursor';
import { parseMany, readMany, type Unreadable } from '#lib/ledger/read-many';
import type { Document, Store } from '#lib/ledger/store';
import {
  type DeliveryRecord,
  deliveryKey,
  deliveryPartition,
  deliveryRecordKind,
  deliverySortKey,
  JOURNAL_DAYS,
  JOURNAL_MS,
  mentionPartition,
  type Term,
} from './delivery-record.ts';
import { MAX_NAME_CHARACTERS, nameIn } from './entry.ts';
import { filterDelivery, LabelFilter, OUTCOMES } from './filter.ts';

const Name = z.string().trim().min(1).max(MAX_NAME_CHARACTERS);

/** The filters of the journal. */
export const EventsQuery = z.strictObject({
  /** The sender's word for the node: a name or an address. */
  node: Name.optional(),
  address: Name.optional(),
  fingerprint: z.string().min(1).max(200).optional(),
  /** By its name in the rules file, or its id. */
  pool: z.string().min(1).max(200).optional(),
  /** Labels of one alert, as they are stored: excerpts. */
  label: LabelFilter.optional(),
  outcome: z.enum(OUTCOMES).optional(),
  source: z.string().min(1).max(200).optional(),
  sender: z.string().min(1).max(200).optional(),
  since: SaneTime.optional(),
  until: SaneTime.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: Cursor.optional(),
});
export type EventsQuery = z.output<typeof EventsQuery>;

/** A delivery, or a part of one, with the alerts that match the filters. */
export type ReceivedEvent = Omit<DeliveryRecord, 'id' | 'part'> & { delivery: string };

export type EventsPage = { events: ReceivedEvent[]; next?: string; unreadable: Unreadable[] };

/** Limit of the deliveries read for one page, however few of them pass the filters. */
const PAGE_SIZE = 50;
const MAX_LOOKED_AT = 1_000;

/**
 * The deliveries of the last thirty days, newest first, with the outcome of each alert. `next` is present when there may be
 * more. A page can be shorter than its limit, or empty, and still have one.
 *
 * @param query `pool`: its id.
 * @param now epoch milliseconds, where the list begins.
 */
export async function listEvents(store: Store, query: EventsQuery, now: number): Promise<EventsPage> {
  const page: EventsPage = { events: [], unreadable: [] };
  const oldest = new Date(Math.max(now - JOURNAL_MS, Date.parse(query.since ?? '') || 0)).toISOString();
  let last = startOf(query, now);
  let lookedAt = 0;
  let bytes = 0;
  for await (const { values, unreadable, end } of pagesOf(store, query, last, oldest)) {
    page.unreadable.push(...unreadable);
    for (const record of values) {
      const event = eventOf(record, query);
      if (event) {
        bytes += bytesInAnswer(event);
        if (page.events.length > 0 && bytes > MAX_PAGE_BYTES) return { ...page, next: encodeCursor(last) };
        page.events.push(event);
      }
      last = deliverySortKey(record);
      if (page.events.length === query.limit) return { ...page, next: encodeCursor(last) };
    }
    last = end;
    lookedAt += values.length + unreadable.length;
    if (lookedAt >= MAX_LOOKED_AT) return { ...page, next: encodeCursor(last) };
  }
  return page;
}

/** The sort key behind which the list begins. The page covers everything before it in time. */
function startOf({ cursor, until }: EventsQuery, now: number): string {
  if (cursor !== undefined) return decodeCursor(cursor);
  // `~` sorts behind every id of the same millisecond.
  return `${new Date(until === undefined ? now : Date.parse(until)).toISOString()}#~`;
}

type Page = { values: DeliveryRecord[]; unreadable: Unreadable[]; end: string };

/** The deliveries of the narrowest partition, newest first, down to the oldest that counts. */
async function* pagesOf(
  store: Store,
  { node, address, fingerprint }: EventsQuery,
  start: string,
  oldest: string,
): AsyncGenerator<Page> {
  const named = node ?? address;
  const term: Term | undefined =
    fingerprint !== undefined
      ? { kind: 'alert', text: fingerprint }
      : named !== undefined
        ? { kind: 'node', text: nameIn(named) }
        : undefined;
  if (term) {
    for await (const { documents, end } of queried(store, mentionPartition(term), start, oldest)) {
      const read = await readMany(
        store,
        deliveryRecordKind,
        documents.map(({ sk }) => deliveryKey(sk)),
      );
      yield { ...read, values: read.values.toSorted(newestFirst), end };
    }
    return;
  }
  for (const partition of daysBetween(oldest, start)) {
    for await (const { documents, end } of queried(store, partition, start, oldest)) {
      yield { ...parseMany(deliveryRecordKind, documents), end };
    }
  }
}

function newestFirst(a: DeliveryRecord, b: DeliveryRecord): number {
  return deliverySortKey(a) < deliverySortKey(b) ? 1 : -1;
}

async function* queried(
  store: Store,
  partition: string,
  start: string,
  oldest: string,
): AsyncGenerator<{ documents: Document[]; end: string }> {
  for (let before = start; ; ) {
    const page = await store.query({ partition, before, limit: PAGE_SIZE });
    const documents = page.filter(({ sk }) => sk >= oldest);
    const end = documents.at(-1)?.sk;
    if (end === undefined) return;
    yield { documents, end };
    if (documents.length < PAGE_SIZE) return;
    before = end;
  }
}

/** The partitions of the days from one time back to another. */
function daysBetween(oldest: string, newest: string): string[] {
  const from = Date.parse(`${newest.slice(0, 10)}T00:00:00Z`);
  return Array.from({ length: JOURNAL_DAYS + 1 }, (_, back) =>
    deliveryPartition(new Date(from - back * 24 * 3_600_000).toISOString()),
  ).filter((partition) => partition >= deliveryPartition(oldest));
}

function eventOf(record: DeliveryRecord, query: EventsQuery): ReceivedEvent | undefined {
  const passing = filterDelivery(record, query);
  if (!passing) return undefined;
  const { id, part: _part, ...event } = passing;
  return { delivery: id, ...event };
}
