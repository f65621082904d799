import { toItem } from '#lib/aws/dynamodb-item';
import { type Document, type DocumentKey, INDEX_KEYS, type Store } from '#lib/ledger/store';

/** The requests to a table, and DynamoDB's charges for them. */
export type Meter = {
  /** Requests over the wire: a batch reads a hundred documents, or writes 25. */
  requests: number;
  puts: number;
  gets: number;
  /** Keys that were read by BatchGetItem. */
  keys: number;
  queries: number;
  /** Units of 1 KB each, in the table and in its indexes. */
  writeUnits: number;
  /** The part in indexes. */
  indexUnits: number;
  /** Units of 4 KB each, strongly consistent. */
  readUnits: number;
  /** Write units by the kind of the document. */
  byKind: Record<string, number>;
};

const KB = 1024;

/** DynamoDB reads and writes at most so many in one request. */
const BATCH_KEYS = 100;
const BATCH_ITEMS = 25;

/**
 * A store that reckons what DynamoDB charges on demand. An item costs a write unit for each KB that it has, or had if that is more. In an
 * index it costs the same for the keys that are put there, and for those that are removed; nothing where they stay. A strongly
 * consistent read costs a unit for each 4 KB, an eventually consistent one half of it
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html).
 */
export function meteredStore(store: Store): { store: Store; meter: Meter } {
  const meter: Meter = {
    requests: 0,
    puts: 0,
    gets: 0,
    keys: 0,
    queries: 0,
    writeUnits: 0,
    indexUnits: 0,
    readUnits: 0,
    byKind: {},
  };

  function charge(before: Document | undefined, after: Document | undefined): void {
    const inTable = Math.max(units(before, KB), units(after, KB), 1);
    const inIndexes = Object.values(INDEX_KEYS).reduce((sum, keys) => {
      const [left, put] = [entryOf(before, keys), entryOf(after, keys)];
      return JSON.stringify(left) === JSON.stringify(put) ? sum : sum + units(left, KB) + units(put, KB);
    }, 0);
    const { pk = 'nothing', sk = '' } = after ?? before ?? {};
    const kind = `${pk.split('#')[0]}${sk.startsWith('receipt#') ? ' receipts' : ''}`;
    meter.byKind[kind] = (meter.byKind[kind] ?? 0) + inTable + inIndexes;
    meter.indexUnits += inIndexes;
    meter.writeUnits += inTable + inIndexes;
  }

  return {
    meter,
    store: {
      ...store,
      async get(key) {
        const found = await store.get(key);
        meter.gets += 1;
        meter.requests += 1;
        meter.readUnits += Math.max(units(found, 4 * KB), 1);
        return found;
      },
      async getMany(keys) {
        const found = await store.getMany(keys);
        meter.keys += keys.length;
        meter.requests += Math.ceil(keys.length / BATCH_KEYS);
        meter.readUnits += found.reduce((sum, document) => sum + units(document, 4 * KB), 0);
        meter.readUnits += keys.length - found.length;
        return found;
      },
      async put(document, expectedVersion) {
        const before = await store.get(document);
        const written = await store.put(document, expectedVersion);
        meter.puts += 1;
        meter.requests += 1;
        // A condition that does not hold is charged by the item that is there.
        charge(before, written ? document : before);
        return written;
      },
      async remove(key, expectedVersion) {
        const before = await store.get(key);
        const removed = await store.remove(key, expectedVersion);
        meter.puts += 1;
        meter.requests += 1;
        charge(before, removed ? undefined : before);
        return removed;
      },
      async putMany(documents) {
        const before = await store.getMany(documents);
        await store.putMany(documents);
        meter.requests += Math.ceil(documents.length / BATCH_ITEMS);
        for (const document of documents)
          charge(
            before.find((one) => one.pk === document.pk && one.sk === document.sk),
            document,
          );
      },
      async query(asked) {
        const found = await store.query(asked);
        meter.queries += 1;
        meter.requests += 1;
        const bytes = found.reduce((sum, document) => sum + bytesOf(document), 0);
        meter.readUnits += Math.max(Math.ceil(bytes / (4 * KB)), 1);
        return found;
      },
      async find(asked) {
        const found = await store.find(asked);
        meter.queries += 1;
        meter.requests += 1;
        const bytes = found.reduce((sum, entry) => sum + bytesOf(entry), 0);
        meter.readUnits += Math.max(Math.ceil(bytes / (4 * KB)), 1) / 2;
        return found;
      },
    },
  };
}

/** The entry of a document in an index: keys alone. */
function entryOf(
  document: Document | undefined,
  [partition, sort]: readonly [string, string],
): (DocumentKey & Record<string, unknown>) | undefined {
  if (document?.[partition] === undefined || document[sort] === undefined) return undefined;
  const { pk, sk, [partition]: partitionKey, [sort]: sortKey } = document;
  return { pk, sk, [partition]: partitionKey, [sort]: sortKey };
}

function units(item: Record<string, unknown> | undefined, size: number): number {
  return item ? Math.ceil(bytesOf(item) / size) : 0;
}

/** Names of attributes and their values, of the item that the table has. */
function bytesOf(document: Record<string, unknown>): number {
  const { pk = '', sk = '', version = 0, writeId = '', ...rest } = document;
  const item = toItem({
    ...rest,
    pk: String(pk),
    sk: String(sk),
    version: Number(version),
    writeId: String(writeId),
  });
  const attributes = Object.entries(item).filter(([name]) => name in document || name === 'packed');
  return attributes.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + bytesIn(value), 0);
}

function bytesIn(value: unknown): number {
  if (Buffer.isBuffer(value)) return value.length;
  return Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));
}
