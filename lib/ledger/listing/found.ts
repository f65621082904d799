import {
  type Document,
  type IndexEntry,
  type IndexQuery,
  placeOf,
  type Store,
  type StoreQuery,
} from '#lib/ledger/store';

/** A document to which a list leads, as it is now. `sortKey`: its place in that list. */
export type Found = { document: Document; sortKey: string };

/**
 * The documents of an index query, in its order. The index may lag behind the documents, and each document is read as it is now:
 * it may have left the partition of the index in which it was found.
 */
export async function findDocuments(store: Store, query: IndexQuery): Promise<Found[]> {
  return documentsOf(store, await store.find(query));
}

/** All documents of a query, page by page: in the table, or in an index. */
export async function* pagesOf(
  store: Store,
  { index, ...asked }: Omit<StoreQuery, 'limit'> & { index?: IndexQuery['index'] },
  pageSize: number,
): AsyncGenerator<Found[]> {
  let query = { ...asked, limit: pageSize };
  for (;;) {
    // An entry counts even if its document is gone: only a short page of entries is the last one.
    const entries = index ? await store.find({ ...query, index }) : asEntries(await store.query(query));
    if (entries.length > 0) yield documentsOf(store, entries);
    const last = entries.at(-1);
    if (!last || entries.length < pageSize) return;
    const at = last.sortKey;
    query = asked.after === undefined ? { ...query, before: at } : { ...query, after: at };
  }
}

/** The documents of entries, in their order. It reads those that the entries do not bring along. */
async function documentsOf(
  store: Store,
  entries: readonly (IndexEntry & { document?: Document })[],
): Promise<Found[]> {
  const unread = entries.filter(({ document }) => !document);
  const read = new Map((await store.getMany(unread)).map((document) => [placeOf(document), document]));
  return entries.flatMap(({ document, ...entry }) => {
    const found = document ?? read.get(placeOf(entry));
    return found ? [{ document: found, sortKey: entry.sortKey }] : [];
  });
}

function asEntries(documents: readonly Document[]): (IndexEntry & { document: Document })[] {
  return documents.map((document) => ({ pk: document.pk, sk: document.sk, sortKey: document.sk, document }));
}
