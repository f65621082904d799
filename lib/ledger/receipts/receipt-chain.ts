import * as z from 'zod';
import { jsonBytes } from '#lib/json-bytes';
import type { WriteOf } from '#lib/ledger/change';
import type { Document, Store } from '#lib/ledger/store';
import { boundedReceipts, isRepeated, MAX_RECEIPT_BYTES } from './bounded-receipts.ts';
import type { Receipt } from './receipt.ts';

/**
 * The receipts of the write that made a document, in the document itself, until the next write with receipts moves them into its item.
 * They stay unread here: an unreadable receipt makes no state unreadable.
 */
const First = z.object({ writeId: z.string(), receipts: z.array(z.unknown()) });

/**
 * The receipts that the state of a remediation names. `count`: their number. `last`: the item with the latest of them.
 * `kept`: the latest item that is always shown, however many follow it. `first`: those of the write that made the document, before there
 * is an item.
 */
export const ReceiptChain = z.object(
  { count: z.int(), last: z.string().optional(), kept: z.string().optional(), first: First.optional() },
  { error: 'it does not name its receipts: another version wrote it. Begin with an empty ledger' },
);
export type ReceiptChain = z.output<typeof ReceiptChain>;

/**
 * The links of an item. `index`: the number of receipts before it. `before`: the item before it. `kept`: the latest item before it
 * that is always shown. `from`: the write that made the document, if the item has its receipts, too.
 */
const Links = z.object({
  index: z.int(),
  before: z.string().optional(),
  kept: z.string().optional(),
  from: z.string().optional(),
});
export type Item = z.output<typeof Links> & { document: Document };

const PREFIX = 'receipt#';

/** Sorts behind every item of receipts. */
const END = 'receipt~';

/** The items that one request reads. An ordinary remediation has no more. */
const PAGE_SIZE = 60;

/** The first receipts of a remediation are shown however many follow. */
const FIRST_RECEIPTS = 40;

/** The first receipts stay in the state if they are no larger: an ordinary alert has half of it. */
const MAX_FIRST_BYTES = 1024;

/**
 * Adds receipts to a chain. The receipts of one write are one item, in the partition of their remediation. The item counts as
 * soon as a state names it, and that state is written after it. Those of the write that makes the state are in the state itself, which
 * saves a request for each new remediation. `expiresAt`: epoch seconds.
 */
export function addToChain(
  chain: ReceiptChain,
  receipts: readonly Receipt[],
  { version, writeId, partition, expiresAt }: WriteOf & { partition: string; expiresAt: number },
): { receiptChain: ReceiptChain; named: Document[] } {
  const { count, last, kept, first } = chain;
  if (receipts.length === 0) return { receiptChain: chain, named: [] };
  if (version === 1 && count === 0 && jsonBytes(receipts) <= MAX_FIRST_BYTES)
    return {
      receiptChain: { count: receipts.length, first: { writeId, receipts: [...receipts] } },
      named: [],
    };
  const room = first ? MAX_RECEIPT_BYTES - MAX_FIRST_BYTES : MAX_RECEIPT_BYTES;
  const value = [...(first?.receipts ?? []), ...boundedReceipts(receipts, room)];
  const index = count - (first?.receipts.length ?? 0);
  const sk = `${PREFIX}${String(version).padStart(6, '0')}#${writeId}`;
  const isKept = index < FIRST_RECEIPTS || !receipts.every(isRepeated);
  const item = { pk: partition, sk, version: 1, writeId, index, before: last, kept, expiresAt, value };
  return {
    receiptChain: { count: index + value.length, last: sk, kept: isKept ? sk : kept },
    named: [{ ...item, ...(first && { from: first.writeId }) }],
  };
}

/** Whether a write is among the newest items of a chain, at least half a page of them. */
export async function isOnChain(
  store: Store,
  partition: string,
  chain: ReceiptChain,
  writeId: string,
): Promise<boolean> {
  if (chain.first?.writeId === writeId) return true;
  const find = itemsIn(store, partition);
  let at = chain.last;
  for (let looked = 0; at !== undefined && looked < PAGE_SIZE / 2; looked += 1) {
    if (at.endsWith(`#${writeId}`)) return true;
    const item = await find(at);
    if (item?.from === writeId) return true;
    at = item?.before;
  }
  return false;
}

/** Finds items by their sort keys. It reads a page from the end of the chain, then one from its start, then single items. */
export function itemsIn(store: Store, partition: string): (sk: string) => Promise<Item | undefined> {
  const known = new Map<string, Item>();
  const pages = [{ before: END }, { after: PREFIX, before: END }];
  return async function find(sk) {
    while (!known.has(sk)) {
      const page = pages.shift();
      if (!page) break;
      const documents = await store.query({ partition, ...page, limit: PAGE_SIZE });
      for (const item of documents.flatMap((document) => itemOf(document) ?? []))
        known.set(item.document.sk, item);
    }
    return known.get(sk) ?? itemOf(await store.get({ pk: partition, sk }));
  };
}

function itemOf(document: Document | undefined): Item | undefined {
  const links = Links.safeParse(document);
  return document && links.success ? { ...links.data, document } : undefined;
}
