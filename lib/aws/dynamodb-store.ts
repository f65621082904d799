import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import awsLite from '@aws-lite/client';
import dynamodb from '@aws-lite/dynamodb';
import type { AwsLiteDynamoDB } from '@aws-lite/dynamodb-types';
import * as z from 'zod';
import { batchesOf, inTurn } from '#lib/concurrency';
import { assertFits } from '#lib/ledger/limits';
import { type Document, type DocumentKey, INDEX_KEYS, type Store, type StoreQuery } from '#lib/ledger/store';
import { toDocument, toItem } from './dynamodb-item.ts';
import type { AwsServiceOptions } from './json-call.ts';

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
const AwsError = z.looseObject({ code: z.string() });

/**
 * The ledger's table on DynamoDB: strongly consistent reads by key, and conditional writes of one item. The client
 * retries throttling, 5xx and connection failures. This store retries the rest of a batch, with pauses. It throws the
 * failures that remain.
 */
export async function createDynamoDbStore(
  table: string,
  { region, endpoint, backoff }: AwsServiceOptions,
): Promise<Store> {
  const { DynamoDB }: { DynamoDB: AwsLiteDynamoDB } = await awsLite({
    region,
    keepAlive: true,
    plugins: [dynamodb],
    ...(endpoint && { endpoint }),
  });

  async function getBatch(keys: readonly DocumentKey[]): Promise<Document[]> {
    const documents: Document[] = [];
    let pending: Record<string, unknown>[] = keys.map(keyOf);
    let idle = 0;
    while (pending.length > 0) {
      const answer = await DynamoDB.BatchGetItem({
        RequestItems: { [table]: { Keys: pending, ConsistentRead: true } },
      });
      documents.push(...(answer.Responses?.[table] ?? []).map(toDocument));
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
    let pending: object[] = documents.map((document) => ({ PutRequest: { Item: toItem(document) } }));
    for (let attempt = 1; ; attempt += 1) {
      const answer = await DynamoDB.BatchWriteItem({ RequestItems: { [table]: pending } });
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
  ): Promise<Record<string, unknown>[]> {
    const bounds = {
      ...(after !== undefined && { ':a': after }),
      ...(before !== undefined && { ':b': before }),
    };
    const items: Record<string, unknown>[] = [];
    let startKey: Record<string, unknown> | undefined;
    do {
      const answer = await DynamoDB.Query({
        TableName: table,
        ...from,
        KeyConditionExpression: `#p = :p${sortKeyCondition(bounds)}`,
        ExpressionAttributeNames: {
          '#p': partitionKey,
          ...(Object.keys(bounds).length > 0 && { '#s': sortKey }),
        },
        ExpressionAttributeValues: { ':p': partition, ...bounds },
        ScanIndexForward: after !== undefined,
        Limit: limit - items.length,
        ...(startKey && { ExclusiveStartKey: startKey }),
      });
      const found = answer.Items ?? [];
      items.push(...found.filter(({ [sortKey]: key }) => key !== after && key !== before));
      startKey = answer.LastEvaluatedKey;
    } while (startKey && items.length < limit);
    return items;
  }

  return {
    newId: randomUUID,

    async get(key) {
      const { Item } = await DynamoDB.GetItem({ TableName: table, Key: keyOf(key), ConsistentRead: true });
      return Item && toDocument(Item);
    },

    async getMany(keys) {
      // DynamoDB refuses a request with a repeated key.
      const distinct = [...new Map(keys.map((key) => [JSON.stringify([key.pk, key.sk]), key])).values()];
      return (await inTurn(batchesOf(distinct, BATCH_KEYS), BATCHES_AT_ONCE, getBatch)).flat();
    },

    async put(document, expectedVersion) {
      assertFits(document);
      const condition = hasVersion(expectedVersion);
      return holds(DynamoDB.PutItem({ TableName: table, Item: toItem(document), ...condition }));
    },

    async remove(key, expectedVersion) {
      const condition = hasVersion(expectedVersion);
      return holds(DynamoDB.DeleteItem({ TableName: table, Key: keyOf(key), ...condition }));
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
    ExpressionAttributeValues: { ':version': version },
  };
}

/** Whether the condition of a write held. Rejects with any other failure. */
async function holds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    const failure = AwsError.safeParse(error);
    if (failure.success && failure.data.code === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

/** DynamoDB accepts one condition on the sort key, so that condition holds the bounds of a range; the caller omits them. */
function sortKeyCondition(bounds: { ':a'?: string; ':b'?: string }): string {
  if (':a' in bounds && ':b' in bounds) return ' AND #s BETWEEN :a AND :b';
  if (':a' in bounds) return ' AND #s > :a';
  return ':b' in bounds ? ' AND #s < :b' : '';
}

function keyOf({ pk, sk }: DocumentKey): DocumentKey {
  return { pk, sk };
}
