import type { Receipt } from '#lib/ledger/receipts/receipt';
import type { Remediation } from '#lib/ledger/remediation';
import type { Document } from '#lib/ledger/store';

/** A remediation with every receipt that its state names. */
export type Joined = Remediation & { receipts: Receipt[] };

/** Whether a document holds receipts of a remediation. */
export function isOfReceipts({ pk, sk }: Pick<Document, 'pk' | 'sk'>): boolean {
  return pk.startsWith('remediation#') && sk.startsWith('receipt#');
}

/**
 * The remediations among documents, each with its receipts.
 *
 * @throws where a state names receipts that are not there.
 */
export function remediationsIn(documents: readonly Document[]): Joined[] {
  const itemOf = itemsIn(documents);
  for (const document of documents.filter(({ pk, sk }) => pk.startsWith('remediation#') && sk === '-')) {
    const { receiptChain } = document['value'] as Partial<Remediation>;
    const [first] = chainOf(document, itemOf);
    if (receiptChain?.last !== undefined && first?.['index'] !== 0)
      throw new Error(`${document.pk} names receipts that are not there`);
  }
  return joinedDocuments(documents)
    .filter(({ pk }) => pk.startsWith('remediation#'))
    .map(({ value }) => value as Joined);
}

/** Documents as a whole: each remediation has its receipts, which are no documents of their own here. */
export function joinedDocuments(documents: readonly Document[]): Document[] {
  const itemOf = itemsIn(documents);
  return documents.flatMap((document) => {
    if (isOfReceipts(document)) return [];
    if (!document.pk.startsWith('remediation#')) return [document];
    const { receiptChain } = document['value'] as Partial<Remediation>;
    if (!receiptChain) return [document];
    const items = chainOf(document, itemOf).flatMap(({ value }) => (Array.isArray(value) ? value : []));
    const receipts = [...items, ...(receiptChain.first?.receipts ?? [])];
    return [{ ...document, value: { ...(document['value'] as object), receipts } }];
  });
}

/** Finds the items of receipts among documents. */
export function itemsIn(documents: readonly Document[]): (pk: string, sk: string) => Document | undefined {
  const items = new Map(documents.filter(isOfReceipts).map((item) => [`${item.pk}\n${item.sk}`, item]));
  return (pk, sk) => items.get(`${pk}\n${sk}`);
}

/** The items of receipts that a document of a remediation names, oldest first: as far back as they are there. */
export function chainOf(
  { pk, value }: Document,
  itemOf: (pk: string, sk: string) => Document | undefined,
): Document[] {
  const chain: Document[] = [];
  let sk = (value as Partial<Remediation>).receiptChain?.last;
  while (sk !== undefined) {
    const item = itemOf(pk, sk);
    if (!item) break;
    chain.unshift(item);
    sk = item['before'] as string | undefined;
  }
  return chain;
}
