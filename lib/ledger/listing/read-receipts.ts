import { boundedReceipts } from '#lib/ledger/receipts/bounded-receipts';
import { type Receipt, Receipts } from '#lib/ledger/receipts/receipt';
import { itemsIn } from '#lib/ledger/receipts/receipt-chain';
import { type Remediation, remediationKey } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';

/** The newest items, which are always shown. */
const NEWEST_ITEMS = 30;

/** The most items that are read. */
const MAX_ITEMS = 150;

/** The receipts of one item. `index`: how many came before it. */
type Part = { index: number; receipts: readonly Receipt[] };

/**
 * The receipts of a remediation for people, oldest first: the first ones, the newest, and everything between them that happens a
 * limited number of times. A receipt `omitted` stands where others are left out, cannot be read, or have expired.
 */
export async function readReceipts(
  store: Store,
  remediation: Pick<Remediation, 'id' | 'receiptChain' | 'createdAt' | 'updatedAt'>,
): Promise<Receipt[]> {
  const { receiptChain } = remediation;
  const find = itemsIn(store, remediationKey(remediation.id).pk);
  const parts: Part[] = [];
  let at = receiptChain.last;
  for (let looked = 0; at !== undefined && looked < MAX_ITEMS; looked += 1) {
    const item = await find(at);
    if (!item) break;
    const read = Receipts.safeParse(item.document['value']);
    if (read.success) parts.unshift({ index: item.index, receipts: read.data });
    at = looked + 1 < NEWEST_ITEMS ? item.before : item.kept;
  }
  const { count, first } = receiptChain;
  const made = Receipts.safeParse(first?.receipts ?? []);
  if (made.success) parts.push({ index: count - made.data.length, receipts: made.data });
  return boundedReceipts(joined(parts, remediation));
}

function joined(
  parts: readonly Part[],
  { receiptChain, createdAt, updatedAt }: Parameters<typeof readReceipts>[1],
): Receipt[] {
  const receipts: Receipt[] = [];
  let known = 0;
  for (const part of [...parts, { index: receiptChain.count, receipts: [] }]) {
    const count = part.index - known;
    if (count > 0) {
      const since = receipts.at(-1)?.at ?? createdAt;
      const until = part.receipts[0]?.at ?? updatedAt;
      const why = `${count} receipts between ${since} and ${until} are left out: they repeat those around them, or cannot be read`;
      receipts.push({ at: since, step: 'omitted', count, until, why });
    }
    receipts.push(...part.receipts);
    known = part.index + part.receipts.length;
  }
  return receipts;
}
