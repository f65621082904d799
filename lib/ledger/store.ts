/** Where a document is found: one partition, one place in it. */
export type DocumentKey = { pk: string; sk: string };

/**
 * One item of the table, as JSON. `version` counts its writes, `writeId`
 * names the last of them: a writer whose answer was lost recognises its own write by it.
 */
export type Document = DocumentKey & { version: number; writeId: string } & Record<string, unknown>;

/**
 * The table's indexes: the attributes that are each one's partition and sort key, as serverless.yml declares them. An index holds keys
 * alone, so that a write costs something in it only if one of these attributes changes.
 */
export const INDEX_KEYS = {
  'by-time': ['timeBucket', 'timeKey'],
  'by-pool': ['pool', 'timeKey'],
  'by-state': ['state', 'stateKey'],
  /** Only documents of which people have still to hear. */
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

/** What an index has of a document: its key, and its sort key in the index. */
export type IndexEntry = DocumentKey & { sortKey: string };

/**
 * What the ledger needs of a database: single documents written under a condition. There are no transactions: every
 * promise of the ledger rests on `put` alone. `remove` deletes documents without further use.
 */
export type Store = {
  /** The document as it is now (strongly consistent), or undefined. */
  get(key: DocumentKey): Promise<Document | undefined>;
  /** The documents that exist among `keys`, each once, strongly consistent, in no particular order. */
  getMany(keys: readonly DocumentKey[]): Promise<Document[]>;
  /**
   * Writes the whole document if the stored one has the version `expectedVersion` (0: if there is none).
   * False: it did not hold and nothing was written. Throws a DocumentTooLargeError for what no table would take, and
   * something else when it cannot be known whether it was written.
   */
  put(document: Document, expectedVersion: number): Promise<boolean>;
  /**
   * Removes a document that has the version `expectedVersion`. False: it has another one, or is not there, and nothing was removed.
   * Throws when it cannot be known whether it was removed.
   */
  remove(key: DocumentKey, expectedVersion: number): Promise<boolean>;
  /**
   * Writes documents without a condition, into partitions of which functions may write many at once: those of the journal. Only
   * for keys that no other writer uses. Throws when it cannot be known whether all were written: after that some may have been.
   */
  putMany(documents: readonly Document[]): Promise<void>;
  /** A name that nothing else bears, for one write. */
  newId(): string;
  /** Documents of one partition, newest sort key first unless `after` is given, strongly consistent. */
  query(query: StoreQuery): Promise<Document[]>;
  /** What an index has in one of its partitions, in the same order, eventually consistent. */
  find(query: IndexQuery): Promise<IndexEntry[]>;
};
