import { randomUUID } from 'node:crypto';
import { copyOf } from './copy.ts';
import { assertFits } from './limits.ts';
import { type Document, INDEX_KEYS, placeOf, type Store, type StoreQuery } from './store.ts';

/** A store in this process's memory, with the same guarantees as the table: for tests and simulations. */
export function createMemoryStore(newId: () => string = randomUUID): Store & { documents(): Document[] } {
  const documents = new Map<string, Document>();

  function select(
    [partitionKey, sortKey]: readonly [string, string],
    { partition, before, after, limit }: StoreQuery,
  ): Document[] {
    return [...documents.values()]
      .filter((document) => document[partitionKey] === partition && document[sortKey] !== undefined)
      .filter((document) => before === undefined || String(document[sortKey]) < before)
      .filter((document) => after === undefined || String(document[sortKey]) > after)
      .sort((a, b) => (String(a[sortKey]) < String(b[sortKey]) === (after === undefined) ? 1 : -1))
      .slice(0, limit);
  }

  return {
    newId,
    get: (key) => Promise.resolve(copyOf(documents.get(placeOf(key)))),
    getMany: (keys) =>
      Promise.resolve([...new Set(keys.map(placeOf))].flatMap((at) => copyOf(documents.get(at)) ?? [])),
    async put(document, expectedVersion) {
      assertFits(document);
      const stored = documents.get(placeOf(document))?.version ?? 0;
      if (stored !== expectedVersion) return false;
      // Through JSON, as in the table: values that JSON cannot hold are lost here, too.
      documents.set(placeOf(document), JSON.parse(JSON.stringify(document)));
      return true;
    },
    remove(key, expectedVersion) {
      const isMeant = documents.get(placeOf(key))?.version === expectedVersion;
      if (isMeant) documents.delete(placeOf(key));
      return Promise.resolve(isMeant);
    },
    putMany(written) {
      for (const document of written) documents.set(placeOf(document), JSON.parse(JSON.stringify(document)));
      return Promise.resolve();
    },
    query: (asked) => Promise.resolve(select(['pk', 'sk'], asked).map(copyOf)),
    find({ index, ...asked }) {
      const [, sortKey] = INDEX_KEYS[index];
      const found = select(INDEX_KEYS[index], asked);
      return Promise.resolve(found.map((one) => ({ pk: one.pk, sk: one.sk, sortKey: String(one[sortKey]) })));
    },
    documents: () => [...documents.values()],
  };
}
