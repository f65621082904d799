import * as z from 'zod';
import type { WriteOf } from '#lib/ledger/change';
import type { Document, Store } from '#lib/ledger/store';
import { boundedReceipts, isRepeated } from './bounded-receipts.ts';
import type { Receipt } from './receipt.ts';

/**
 * The receipts that the state of a remediation names. `count`: their number. `last`: the item with the latest of them.
 * `kept`: the latest item that is always shown, however many follow it.
 */
export const ReceiptChain = z.object(
  { count: z.int(), last: z.string().optional(), kept: z.string().optional() },
  { error: 'it does not name its receipts: another version wrote it. Begin with an empty ledger' },
);
export type ReceiptChain = z.output<typeof ReceiptChain>;

/**
 * The links of an item. `index`: the number of receipts before it. `before`: the item before it. `kept`: the latest item before it
 * that is always shown.
 */
const Links = z.object({ index: z.int(), before: z.string().optional(), kept: z.string().optional() });
export type Item = z.output<typeof Links> & { document: Document };

const PREFIX = 'receipt#';

/** Sorts behind every item of receipts. */
const END = 'receipt~';

/** The items that one request reads. An ordinary remediation has no more. */
const PAGE_SIZE = 60;

/** The first receipts of a remediation are shown however many follow. */
const FIRST_RECEIPTS = 40;

/**
 * Adds receipts to a chain. The receipts of one write are one item, in the partition of their remediation. The item counts as
 * soon as a state names it, and that state is written after it. `expiresAt`: epoch seconds.
 */
export function addToChain(
  { count, last, kept }: ReceiptChain,
  receipts: readonly Receipt[],
  { version, writeId, partition, expiresAt }: WriteOf & { partition: string; expiresAt: number },
): { receiptChain: ReceiptChain; named: Document[] } {
  if (receipts.length === 0) return { receiptChain: { count, last, kept }, named: [] };
  const value = boundedReceipts(receipts);
  const sk = `${PREFIX}${String(version).padStart(6, '0')}#${writeId}`;
  const isKept = count < FIRST_RECEIPTS || !value.every(isRepeated);
  return {
    receiptChain: { count: count + value.length, last: sk, kept: isKept ? sk : kept },
    named: [{ pk: partition, sk, version: 1, writeId, index: count, before: last, kept, expiresAt, value }],
  };
}

/** Whether a write is among the newest items of a chain, at least half a page of them. */
export async function isOnChain(
  store: Store,
  partition: string,
  chain: ReceiptChain,
  writeId: string,
): Promise<boolean> {
  const find = itemsIn(store, partition);
  let at = chain.last;
  for (let looked = 0; at !== undefined && looked < PAGE_SIZE / 2; looked += 1) {
    if (at.endsWith(`#${writeId}`)) return true;
    at = (await find(at))?.before;
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
