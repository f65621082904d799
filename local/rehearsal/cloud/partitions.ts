import type { Document, StoreQuery } from '#lib/ledger/store';

/** The documents of a table by one of its keys. A query reads only its own partition. */
export type Partitions = {
  /** Puts the newest version of a document into its partition. `place`: its own place in the table. */
  set(place: string, document: Document): void;
  remove(place: string): void;
  /** The documents of a partition, newest sort key first unless `after` is given. */
  select(query: StoreQuery): Document[];
};

export function createPartitions([partitionKey, sortKey]: readonly [string, string]): Partitions {
  const partitions = new Map<unknown, Map<string, Document>>();
  const placed = new Map<string, Map<string, Document>>();

  function remove(place: string): void {
    placed.get(place)?.delete(place);
    placed.delete(place);
  }

  return {
    remove,
    set(place, document) {
      const partition = document[partitionKey];
      const isHeld = partition !== undefined && document[sortKey] !== undefined;
      const wanted = isHeld ? (partitions.get(partition) ?? new Map<string, Document>()) : undefined;
      if (placed.get(place) !== wanted) remove(place);
      if (!wanted) return;
      partitions.set(partition, wanted);
      placed.set(place, wanted);
      wanted.set(place, document);
    },
    select({ partition, before, after, limit }) {
      const order = after === undefined ? -1 : 1;
      const found: Document[] = [];
      for (const document of partitions.get(partition)?.values() ?? []) {
        const key = String(document[sortKey]);
        if ((before === undefined || key < before) && (after === undefined || key > after))
          found.push(document);
      }
      return found.sort((a, b) => (String(a[sortKey]) < String(b[sortKey]) ? -order : order)).slice(0, limit);
    },
  };
}
