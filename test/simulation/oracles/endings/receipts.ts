import { isOfReceipts } from '../../../ledger/joined.ts';
import type { Run } from '../../run.ts';
import type { Finding } from '../oracles.ts';

/**
 * Receipts are only ever added: each state of a remediation names items that are there, in a chain that leads back to the items of
 * the state before it, and counts the receipts in them. An item is written once. The first receipts are in the state itself until the
 * first item has them.
 */
export function* receiptsAreWhole({ items: { writes } }: Run): Iterable<Finding> {
  const items = new Map<string, any>();
  const last = new Map<string, string | undefined>();
  const first = new Map<string, readonly unknown[]>();
  for (const { document, atMs } of writes) {
    const { pk, sk } = document;
    if (!pk.startsWith('remediation#')) continue;
    if (isOfReceipts(document)) {
      if (items.has(`${pk} ${sk}`)) yield { what: `${sk} of ${pk} is written twice`, atMs };
      items.set(`${pk} ${sk}`, document);
      continue;
    }
    const { receiptChain } = document['value'] as any;
    const own: readonly unknown[] = receiptChain.first?.receipts ?? [];
    const before = first.get(pk) ?? [];
    first.set(pk, own);
    let count = receiptChain.count - own.length;
    let at = receiptChain.last;
    const kept = at === undefined ? own : (items.get(`${pk} ${at}`)?.value ?? []).slice(0, before.length);
    if (before.length > 0 && JSON.stringify(kept) !== JSON.stringify(before))
      yield { what: `${pk} has lost its first receipts`, atMs };
    while (at !== last.get(pk) && at !== undefined) {
      const item = items.get(`${pk} ${at}`);
      if (!item) yield { what: `${pk} names receipts that are not there: ${at}`, atMs };
      if (item && item.index + item.value.length !== count)
        yield { what: `${pk} counts ${count} receipts up to ${at}, and there are others`, atMs };
      count = item?.index;
      at = item?.before;
    }
    if (at !== last.get(pk)) yield { what: `${pk} has lost the receipts of ${last.get(pk)}`, atMs };
    last.set(pk, receiptChain.last);
  }
}

/** No write of receipts is named twice: a writer that meets its own earlier write has nothing to add. */
export function* receiptsOnce({ items: { writes } }: Run): Iterable<Finding> {
  const before = new Map<string, string | undefined>();
  for (const { document } of writes) {
    if (isOfReceipts(document)) before.set(`${document.pk} ${document.sk}`, document['before'] as string);
  }
  const ends = new Map(
    writes
      .filter(({ document }) => document.pk.startsWith('remediation#') && !isOfReceipts(document))
      .map(({ document }) => [document.pk, (document['value'] as any).receiptChain?.last as string]),
  );
  for (const [pk, end] of ends) {
    const seen = new Set<string>();
    for (let at: string | undefined = end; at !== undefined; at = before.get(`${pk} ${at}`)) {
      const writeId = at.slice(at.lastIndexOf('#') + 1);
      if (seen.has(writeId)) yield { what: `${pk} names the receipts of write ${writeId} twice` };
      seen.add(writeId);
    }
  }
}
