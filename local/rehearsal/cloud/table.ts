import { frozen } from '#lib/ledger/copy';
import { type Document, type DocumentKey, INDEX_KEYS, type Store } from '#lib/ledger/store';
import type { Process, ProcessWorld } from '../engine/process.ts';
import { createPartitions } from './partitions.ts';

/** One write as it took effect. `removed`: the document was removed, which is then as it was before. */
export type Write = {
  atMs: number;
  by: string;
  document: Document;
  before: Document | undefined;
  removed?: true;
};

/**
 * The one table: what is written is there at once, and in the indexes a little later. Readers of a document share it, and none of
 * them can change it.
 */
export type Table = {
  /** The store as one process sees it. */
  storeOf(process: Process): Store;
  documents(): Document[];
  get(pk: string, sk?: string): Document | undefined;
  /** A person spoils a document by hand, and no function can read it any more. @returns whether there is one of this kind. */
  spoil(prefix: string, key: string): boolean;
  /** The listener sees every write. */
  onWrite(listener: (write: Write) => void): void;
};

export class StoreError extends Error {
  override name = 'StoreError';
}

/** How long an index lags behind: mostly not at all, now and then for seconds. */
const LAGS_MS = [5, 5, 20, 50, 200, 3_000, 20_000];

/** The documents that a function may be unable to read or write, again and again. */
const MAY_BE_SICK: readonly { by: RegExp; of: RegExp; rate: number }[] = [
  { by: /^(reset-nodes|migrate-nodes|poll-jobs)#/, of: /^remediation#/, rate: 0.01 },
  { by: /^(reset-nodes|migrate-nodes)#/, of: /^node#/, rate: 0.003 },
];

export function createTable(
  { scheduler, chance, fate }: Pick<ProcessWorld, 'scheduler' | 'chance' | 'fate'>,
  newId: () => string,
  /** Documents that no reader needs: the table does not keep them. */
  forgets: (document: Document) => boolean = () => false,
): Table {
  const documents = new Map<string, Document>();
  const byPartition = createPartitions(['pk', 'sk']);
  const indexed = new Map<string, Document>();
  const indexes = new Map(
    Object.entries(INDEX_KEYS).map(([name, keys]) => [name, createPartitions(keys)] as const),
  );
  const listeners: ((write: Write) => void)[] = [];
  let writes = 0;

  function set(place: string, document: Document): void {
    documents.set(place, document);
    byPartition.set(place, document);
  }

  function setIndexed(place: string, document: Document): void {
    indexed.set(place, document);
    for (const index of indexes.values()) index.set(place, document);
  }

  function put(document: Document, expectedVersion: number, by: string): boolean {
    const place = placeOf(document);
    const before = documents.get(place);
    if ((before?.version ?? 0) !== expectedVersion) return false;
    const stored: Document = frozen(JSON.parse(JSON.stringify(document)));
    set(place, stored);
    writes += 1;
    const seenAtMs = scheduler.now() + chance.pick(LAGS_MS, `index/${writes}`);
    scheduler.at(
      seenAtMs,
      () => {
        // An index never goes back to an older version of a document.
        if ((indexed.get(place)?.version ?? 0) < stored.version) setIndexed(place, stored);
      },
      false,
    );
    for (const listener of listeners) listener({ atMs: scheduler.now(), by, document: stored, before });
    return true;
  }

  function remove(key: DocumentKey, expectedVersion: number, by: string): boolean {
    const place = placeOf(key);
    const document = documents.get(place);
    if (document?.version !== expectedVersion) return false;
    documents.delete(place);
    byPartition.remove(place);
    indexed.delete(place);
    for (const index of indexes.values()) index.remove(place);
    for (const listener of listeners)
      listener({ atMs: scheduler.now(), by, document, before: document, removed: true });
    return true;
  }

  function storeOf(process: Process): Store {
    /** One document that one function fails over every time. */
    function checkHealth(pk: string): void {
      const found = MAY_BE_SICK.find(({ by, of }) => by.test(process.name) && of.test(pk));
      if (found && fate.decide(`${process.name.split('#')[0]}#${pk}`, { sick: found.rate }))
        throw new StoreError(`${pk} cannot be read or written for now`);
    }
    const read = <Value>(label: string, effect: () => Value): Promise<Value> =>
      process.run({ label, effect, takesMs: [1, 12], mishaps: { fails: 0.006 }, spoilt: fail });
    return {
      newId,
      get: (key) =>
        read(`get ${key.pk}`, () => {
          checkHealth(key.pk);
          return documents.get(placeOf(key));
        }),
      getMany: (keys) =>
        read(`get ${keys.length} documents`, () =>
          [...new Set(keys.map(placeOf))].flatMap((place) => documents.get(place) ?? []),
        ),
      query: (asked) =>
        read(`query table ${asked.partition}`, () => {
          checkHealth(asked.partition);
          return byPartition.select(asked);
        }),
      find: ({ index, ...asked }) =>
        read(`query ${index} ${asked.partition}`, () =>
          (indexes.get(index)?.select(asked) ?? []).map((found) => ({
            pk: found.pk,
            sk: found.sk,
            sortKey: String(found[INDEX_KEYS[index][1]]),
          })),
        ),
      putMany: (written) =>
        process.run({
          label: `put ${written.length} documents`,
          takesMs: [1, 15],
          mishaps: { 'fails-before': 0.008, 'fails-after': 0.012 },
          effect: () => {
            for (const document of written) {
              if (forgets(document)) continue;
              const { version = 0 } = documents.get(placeOf(document)) ?? {};
              put({ ...document, version: version + 1 }, version, process.name);
            }
          },
          spoilt(mishap, effect) {
            if (mishap === 'slow') return effect();
            if (mishap === 'fails-after') effect();
            throw new StoreError('the table does not say whether all were written');
          },
        }),
      remove: (key, expectedVersion) =>
        process.run({
          label: `remove ${key.pk}`,
          takesMs: [1, 15],
          mishaps: { 'fails-before': 0.008, 'fails-after': 0.012 },
          effect: () => remove(key, expectedVersion, process.name),
          spoilt(mishap, effect) {
            if (mishap === 'slow') return effect();
            if (mishap === 'fails-after') effect();
            throw new StoreError('the table does not say whether it was removed');
          },
        }),
      put: (document, expectedVersion) =>
        process.run({
          label: `put ${document.pk}`,
          takesMs: [1, 15],
          mishaps: { 'fails-before': 0.008, 'fails-after': 0.012, repeated: 0.008 },
          effect: () => {
            checkHealth(document.pk);
            return put(document, expectedVersion, process.name);
          },
          spoilt(mishap, effect) {
            if (mishap === 'slow') return effect();
            // The client got no answer, and sent the same once more.
            if (mishap === 'repeated') {
              effect();
              return effect();
            }
            if (mishap === 'fails-after') effect();
            throw new StoreError('the table does not say whether it was written');
          },
        }),
    };
  }

  return {
    storeOf,
    documents: () => [...documents.values()],
    get: (pk, sk = '-') => documents.get(placeOf({ pk, sk })),
    spoil(prefix, key) {
      const found = [...documents.values()].filter(
        ({ pk, sk }) => (pk.startsWith(prefix) || sk.startsWith(prefix)) && sk !== 'tags',
      );
      const document = found.length > 0 ? chance.pick(found, key) : undefined;
      if (!document) return false;
      const spoilt: Document = frozen({
        ...document,
        version: document.version + 1,
        value: { spoilt: true },
      });
      set(placeOf(document), spoilt);
      setIndexed(placeOf(document), spoilt);
      return true;
    },
    onWrite: (listener) => listeners.push(listener),
  };
}

function fail<Value>(mishap: string, effect: () => Value): Value {
  if (mishap === 'slow') return effect();
  throw new StoreError('the table did not answer');
}

function placeOf({ pk, sk }: DocumentKey): string {
  return `${pk}\n${sk}`;
}
