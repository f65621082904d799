import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '#lib/clock';
import type { TableDescription } from '../description.ts';

/** The items that one step reads, and removes at most. */
const STEP_ITEMS = 100;

/** The pause after a step. So a ledger of 100,000 items takes an hour and a half, and a function never waits for more than one step. */
const STEP_PAUSE_MS = 5_000;

/** The pause after the last item. DynamoDB itself takes up to some days. */
const ROUND_PAUSE_MS = 3_600_000;

export type RemovalOptions = {
  client: Pick<DynamoDBClient, 'send'>;
  table: TableDescription;
  clock: Clock;
  signal: AbortSignal;
  /** Hears of a step that failed. The next one comes after the long pause, and begins anew. */
  onProblem: (problem: string) => void;
};

/**
 * Removes the items of a table whose time is over, as DynamoDB does, until the signal aborts. An item that gets more time meanwhile
 * stays.
 */
export async function removeExpiredItems(options: RemovalOptions): Promise<void> {
  const { table, clock, signal, onProblem } = options;
  let from: Key | undefined;
  while (!signal.aborted) {
    try {
      from = await step(options, from);
    } catch (error) {
      from = undefined;
      const reason = error instanceof Error ? error.message : String(error);
      onProblem(`old items of ${table.name} could not be removed: ${reason}`);
    }
    await clock.sleep(from ? STEP_PAUSE_MS : ROUND_PAUSE_MS, signal).catch(() => {});
  }
}

type Key = Record<string, AttributeValue>;

/** @returns the key after which the next step begins; undefined at the end of the table */
async function step(
  { client, table: { name, definition, expiry }, clock }: RemovalOptions,
  from: Key | undefined,
): Promise<Key | undefined> {
  if (expiry === undefined) return undefined;
  const isOver = {
    ExpressionAttributeNames: { '#expiry': expiry },
    ExpressionAttributeValues: { ':now': { N: String(Math.floor(clock.now() / 1000)) } },
  };
  const { Items = [], LastEvaluatedKey } = await client.send(
    new ScanCommand({
      TableName: name,
      Limit: STEP_ITEMS,
      FilterExpression: '#expiry < :now',
      ...isOver,
      ...(from && { ExclusiveStartKey: from }),
    }),
  );
  for (const item of Items) {
    const Key = Object.fromEntries(
      definition.KeySchema.flatMap(({ AttributeName }) => {
        const value = item[AttributeName];
        return value === undefined ? [] : [[AttributeName, value]];
      }),
    );
    await client
      .send(new DeleteItemCommand({ TableName: name, Key, ConditionExpression: '#expiry < :now', ...isOver }))
      .catch((error: unknown) => {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      });
  }
  return LastEvaluatedKey;
}
