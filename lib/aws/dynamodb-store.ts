import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import { batchesOf, inTurn } from '#lib/concurrency';
import { assertFits } from '#lib/ledger/limits';
import {
  type Document,
  type DocumentKey,
  INDEX_KEYS,
  placeOf,
  type Store,
  type StoreQuery,
} from '#lib/ledger/store';
import { type Attributes, fromAttributes, toAttributes } from './dynamodb-attributes.ts';
import { toDocument, toItem } from './dynamodb-item.ts';
import { AwsCallError, type AwsServiceOptions, createJsonCall } from './json-call.ts';

/** BatchGetItem accepts a hundred keys in one request, BatchWriteItem 25 items and 16 MB. An item has 400 KB at most. */
const BATCH_KEYS = 100;
const BATCH_ITEMS = 25;

/** Retries for the part of a batch that a throttled table has not accepted, after pauses that double. */
const WRITE_ATTEMPTS = 6;
const WRITE_PAUSE_MS = 50;

/** Limit of concurrent batches of one call. */
const BATCHES_AT_ONCE = 4;

/** Limit of consecutive tries in which nothing of a batch is read. */
const IDLE_READS = 8;

const StoredKey = z.object({ pk: z.string(), sk: z.string() });

// The parts of answers that are used: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
const Items = z.array(z.unknown());
const GotItem = z.looseObject({ Item: z.unknown().optional() });
const GotItems = z.looseObject({
  Responses: z.record(z.string(), Items).optional(),
  UnprocessedKeys: z.record(z.string(), z.looseObject({ Keys: Items })).optional(),
});
const WroteItems = z.looseObject({ UnprocessedItems: z.record(z.string(), Items).optional() });
const QueriedItems = z.looseObject({ Items: Items.optional(), LastEvaluatedKey: z.unknown().optional() });

/**
 * The ledger's table on DynamoDB: strongly consistent reads by key, and conditional writes of one item. A call is repeated
 * as {@link createJsonCall} says. This store retries the rest of a batch, with pauses. It throws the failures that remain.
 */
export function createDynamoDbStore(table: string, options: AwsServiceOptions): Store {
  const { backoff } = options;
  const call = createJsonCall('dynamodb', options);

  async function getBatch(keys: readonly DocumentKey[]): Promise<Document[]> {
    const documents: Document[] = [];
    let pending: unknown[] = keys.map(keyOf);
    let idle = 0;
    while (pending.length > 0) {
      const answer = GotItems.parse(
        await call('BatchGetItem', { RequestItems: { [table]: { Keys: pending, ConsistentRead: true } } }),
      );
      documents.push(...(answer.Responses?.[table] ?? []).map(documentOf));
      const left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
      // More than 16 MB, or more than the table can read now: DynamoDB answers a part, and needs time.
      idle = left.length < pending.length ? 0 : idle + 1;
      if (idle === IDLE_READS)
        throw new Error(`DynamoDB did not read ${left.length} of ${keys.length} documents in ${idle} tries`);
      pending = left;
      if (pending.length > 0) await backoff?.(idle + 1);
    }
    return documents;
  }

  async function putBatch(documents: readonly Document[]): Promise<void> {
    let pending: unknown[] = documents.map((document) => ({ PutRequest: { Item: attributesOf(document) } }));
    for (let attempt = 1; ; attempt += 1) {
      const answer = WroteItems.parse(await call('BatchWriteItem', { RequestItems: { [table]: pending } }));
      pending = answer.UnprocessedItems?.[table] ?? [];
      if (pending.length === 0) return;
      if (attempt === WRITE_ATTEMPTS)
        throw new Error(
          `DynamoDB did not take ${pending.length} of ${documents.length} items: it is throttled`,
        );
      await setTimeout(WRITE_PAUSE_MS * 2 ** attempt);
    }
  }

  async function select(
    { partition, before, after, limit }: StoreQuery,
    [partitionKey, sortKey]: readonly [string, string],
    from: { IndexName: string } | { ConsistentRead: true },
  ): Promise<Record<string, string | number>[]> {
    const bounds = {
      ...(after !== undefined && { ':a': after }),
      ...(before !== undefined && { ':b': before }),
    };
    const items: Record<string, string | number>[] = [];
    let startKey: unknown;
    do {
      const answer = QueriedItems.parse(
        await call('Query', {
          TableName: table,
          ...from,
          KeyConditionExpression: `#p = :p${sortKeyCondition(bounds)}`,
          ExpressionAttributeNames: {
            '#p': partitionKey,
            ...(Object.keys(bounds).length > 0 && { '#s': sortKey }),
          },
          ExpressionAttributeValues: toAttributes({ ':p': partition, ...bounds }),
          ScanIndexForward: after !== undefined,
          Limit: limit - items.length,
          ...(startKey !== undefined && { ExclusiveStartKey: startKey }),
        }),
      );
      const found = (answer.Items ?? []).map(fromAttributes);
      items.push(...found.filter(({ [sortKey]: key }) => key !== after && key !== before));
      startKey = answer.LastEvaluatedKey;
    } while (startKey !== undefined && items.length < limit);
    return items;
  }

  return {
    newId: randomUUID,

    async get(key) {
      const request = { TableName: table, Key: keyOf(key), ConsistentRead: true };
      const { Item } = GotItem.parse(await call('GetItem', request));
      return Item === undefined ? undefined : documentOf(Item);
    },

    async getMany(keys) {
      // DynamoDB refuses a request with a repeated key.
      const distinct = [...new Map(keys.map((key) => [placeOf(key), key])).values()];
      return (await inTurn(batchesOf(distinct, BATCH_KEYS), BATCHES_AT_ONCE, getBatch)).flat();
    },

    async put(document, expectedVersion) {
      assertFits(document);
      const condition = hasVersion(expectedVersion);
      return holds(call('PutItem', { TableName: table, Item: attributesOf(document), ...condition }));
    },

    async remove(key, expectedVersion) {
      const condition = hasVersion(expectedVersion);
      return holds(call('DeleteItem', { TableName: table, Key: keyOf(key), ...condition }));
    },

    async putMany(documents) {
      await inTurn(batchesOf(documents, BATCH_ITEMS), BATCHES_AT_ONCE, putBatch);
    },

    async query(query) {
      const items = await select(query, ['pk', 'sk'], { ConsistentRead: true });
      return items.map(toDocument);
    },

    async find({ index, ...query }) {
      const [, sortKey] = INDEX_KEYS[index];
      const items = await select(query, INDEX_KEYS[index], { IndexName: index });
      return items.map(({ pk, sk, [sortKey]: key }) => ({
        ...StoredKey.parse({ pk, sk }),
        sortKey: String(key),
      }));
    },
  };
}

/** The condition that the stored item has a version; 0: that there is none. */
function hasVersion(version: number) {
  if (version === 0) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: toAttributes({ ':version': version }),
  };
}

/** Whether the condition of a write held. Rejects with any other failure. */
async function holds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof AwsCallError && error.code === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

/** DynamoDB accepts one condition on the sort key, so that condition holds the bounds of a range; the caller omits them. */
function sortKeyCondition(bounds: { ':a'?: string; ':b'?: string }): string {
  if (':a' in bounds && ':b' in bounds) return ' AND #s BETWEEN :a AND :b';
  if (':a' in bounds) return ' AND #s > :a';
  return ':b' in bounds ? ' AND #s < :b' : '';
}

function keyOf({ pk, sk }: DocumentKey): Attributes {
  return toAttributes({ pk, sk });
}

function attributesOf(document: Document): Attributes {
  return toAttributes(toItem(document));
}

function documentOf(attributes: unknown): Document {
  return toDocument(fromAttributes(attributes));
}
