import { describe, expect, test } from 'vitest';
import { createDynamoDbStore } from '#lib/aws/dynamodb-store';
import { answers, startServer, type TestServer } from '#test/modelarts/server';
import { client } from './credentials.ts';

const key = (pk: string) => ({ pk, sk: '-' });
const asked = (pk: string) => ({ pk: { S: pk }, sk: { S: '-' } });
const item = (pk: string) => ({ ...asked(pk), version: { N: '1' }, writeId: { S: 'w' } });

const part = (read: string[], left: string[]) =>
  answers(200, {
    Responses: { ledger: read.map(item) },
    UnprocessedKeys: left.length > 0 ? { ledger: { Keys: left.map(asked), ConsistentRead: true } } : {},
  });

async function storeAt(server: TestServer) {
  const waits: number[] = [];
  const store = createDynamoDbStore('ledger', {
    ...client,
    endpoint: server.url,
    backoff: async (attempt) => void waits.push(attempt),
  });
  return { store, waits };
}

describe('documents that are read as a batch', () => {
  test('and that DynamoDB leaves out are asked for again, after a pause', async () => {
    await using server = await startServer(
      part(['a'], ['b', 'c']),
      part([], ['b', 'c']),
      part(['b', 'c'], []),
    );
    const { store, waits } = await storeAt(server);
    const found = await store.getMany(['a', 'b', 'c'].map(key));
    expect(found.map(({ pk }) => pk)).toEqual(['a', 'b', 'c']);
    expect(server.received.map(({ body }) => JSON.parse(body).RequestItems.ledger.Keys.length)).toEqual([
      3, 2, 2,
    ]);
    // Longer where nothing at all was read.
    expect(waits).toEqual([1, 2]);
  });

  test('are given up when none of them is read any more', async () => {
    await using server = await startServer(part(['a'], ['b']), part([], ['b']));
    const { store } = await storeAt(server);
    await expect(store.getMany(['a', 'b'].map(key))).rejects.toThrow(
      'DynamoDB did not read 1 of 2 documents in 8 tries',
    );
    expect(server.received).toHaveLength(9);
  });
});
