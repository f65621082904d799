/** The place of a document: its partition, and its sort key there. */
export type DocumentKey = { pk: string; sk: string };

/**
 * One item of the table, as JSON. `version` counts its writes. `writeId` names the last write: a writer whose answer was lost
 * recognises its own write by it.
 */
export type Document = DocumentKey & { version: number; writeId: string } & Record<string, unknown>;

/**
 * The table's indexes with the attributes of their partition and sort keys, as serverless.yml declares them. An index holds keys
 * alone, so a write costs something in it only if one of these attributes changes.
 */
export const INDEX_KEYS = {
  'by-time': ['timeBucket', 'timeKey'],
  'by-pool': ['pool', 'timeKey'],
  'by-state': ['state', 'stateKey'],
  /** Only documents with a notice that a recipient may still lack. */
  'by-outbox': ['outbox', 'outboxKey'],
} as const;

export type StoreQuery = {
  partition: string;
  /** Only documents whose sort key is before this one (exclusive). */
  before?: string;
  /** Only documents whose sort key is after this one (exclusive), and these oldest first. */
  after?: string;
  /** At most this many documents. */
  limit: number;
};

export type IndexQuery = StoreQuery & { index: keyof typeof INDEX_KEYS };

/** One entry of an index: the document's key, and its sort key in the index. */
export type IndexEntry = DocumentKey & { sortKey: string };

/**
 * The database as the ledger needs it: single documents, written under a condition. There are no transactions: every
 * promise of the ledger rests on `put` alone. `remove` deletes documents without further use.
 */
export type Store = {
  /** The document as it is now (strongly consistent), or undefined. */
  get(key: DocumentKey): Promise<Document | undefined>;
  /** The documents that exist among `keys`, each once, strongly consistent, in no particular order. */
  getMany(keys: readonly DocumentKey[]): Promise<Document[]>;
  /**
   * Writes the whole document if the stored one has the version `expectedVersion` (0: if there is none).
   * False: the condition did not hold, and nothing was written. Throws a DocumentTooLargeError if the document is too large for any
   * table, and another error if it is unknown whether the document was written.
   */
  put(document: Document, expectedVersion: number): Promise<boolean>;
  /**
   * Removes a document that has the version `expectedVersion`. False: it has another version, or is not there, and nothing was
   * removed. Throws if it is unknown whether it was removed.
   */
  remove(key: DocumentKey, expectedVersion: number): Promise<boolean>;
  /**
   * Writes documents without a condition, into the partitions of the journal and of the histories of nodes, where functions may write
   * many at once. Only for keys that no other writer uses, or for which every writer writes the same. Throws if it is unknown whether
   * all were written: some may have been.
   */
  putMany(documents: readonly Document[]): Promise<void>;
  /** A unique name for one write. */
  newId(): string;
  /** Documents of one partition, newest sort key first unless `after` is given, strongly consistent. */
  query(query: StoreQuery): Promise<Document[]>;
  /** The entries in one partition of an index, in the same order, eventually consistent. */
  find(query: IndexQuery): Promise<IndexEntry[]>;
  /** The document as this event has last read or written it; undefined if it has not. It may have changed since. */
  lastSeen?(key: DocumentKey): Seen | undefined;
};

/** A document at some moment. Without one there was none. */
export type Seen = { document: Document | undefined };

/**
 * A store for the work of one event. It reads and writes as the given one does, and remembers each document. A change of a document
 * may then begin with the remembered one, because its conditional write fails if that is no longer the stored one.
 */
export function rememberingStore(store: Store): Store {
  const seen = new Map<string, Seen>();
  return {
    ...store,
    async get(key) {
      const document = await store.get(key);
      seen.set(placeOf(key), { document });
      return document;
    },
    async getMany(keys) {
      const documents = await store.getMany(keys);
      for (const key of keys) seen.set(placeOf(key), { document: undefined });
      for (const document of documents) seen.set(placeOf(document), { document });
      return documents;
    },
    async put(document, expectedVersion) {
      // If the answer is lost, or the condition does not hold, the next change reads the document.
      seen.delete(placeOf(document));
      const written = await store.put(document, expectedVersion);
      if (written) seen.set(placeOf(document), { document });
      return written;
    },
    remove(key, expectedVersion) {
      seen.delete(placeOf(key));
      return store.remove(key, expectedVersion);
    },
    lastSeen: (key) => seen.get(placeOf(key)),
  };
}

/** The place of a document as one text, for maps and sets. */
export function placeOf({ pk, sk }: DocumentKey): string {
  return JSON.stringify([pk, sk]);
}

/** Thirteen months of history. */
const KEPT_MS = 400 * 24 * 3_600_000;

/**
 * The time-to-live attribute of an item, in epoch seconds: the table removes it some time after that.
 *
 * @param isoTime where its life begins
 * @param forMs how long it lives @default thirteen months
 */
export function expiry(isoTime: string, forMs = KEPT_MS): { expiresAt: number } {
  return { expiresAt: Math.floor((Date.parse(isoTime) + forMs) / 1000) };
}
