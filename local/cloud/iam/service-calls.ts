import { isRecord } from '#lib/is-record';
import { arnOf } from '../account.ts';
import type { TableDescription } from '../description.ts';
import type { Call } from './statement.ts';

/** The condition key of DynamoDB with the partition keys of a request. */
const LEADING_KEYS = 'dynamodb:leadingkeys';

type Place = { readonly region: string };

/** `AmazonSQS.SendMessageBatch` → `SendMessageBatch`. */
export function operationOf(target: string | readonly string[] | undefined): string {
  return String(target ?? '').replace(/^.*\./, '');
}

/**
 * The questions of a request to DynamoDB to a role, with the partition keys that it names: one for each table or index (Service
 * Authorization Reference, "Actions, resources, and condition keys for Amazon DynamoDB").
 */
export function dynamoDbCalls(
  operation: string,
  body: unknown,
  { region, tables }: Place & { tables: readonly TableDescription[] },
): Call[] {
  const request = recordOf(body);
  const action = `dynamodb:${operation}`;
  const callOn = (table: string, leading: readonly unknown[], index?: string): Call => ({
    action,
    resource: arnOf({ region }, 'dynamodb', `table/${table}${index === undefined ? '' : `/index/${index}`}`),
    context: { [LEADING_KEYS]: leading.flatMap(textOf) },
  });
  if (isRecord(request['RequestItems'])) {
    return Object.entries(request['RequestItems']).map(([table, part]) => {
      const key = partitionKey(tables, table);
      return callOn(
        table,
        itemsOf(part).map((item) => item[key]),
      );
    });
  }
  const { TableName: table, IndexName: index } = request;
  if (typeof table !== 'string') return [{ action, resource: '*' }];
  const named = typeof index === 'string' ? index : undefined;
  const key = partitionKey(tables, table, named);
  const leading =
    operation === 'Query'
      ? queriedPartition(request, key)
      : [recordOf(request['Key'])[key], recordOf(request['Item'])[key]];
  return [callOn(table, leading, named)];
}

/** The question of a request to SQS to a role. A batch takes the permission of the single operation. */
export function sqsCalls(operation: string, body: unknown, { region }: Place): Call[] {
  const { QueueUrl: url, QueueName: name } = recordOf(body);
  const queue = typeof url === 'string' ? url.split('/').at(-1) : name;
  return [
    {
      action: `sqs:${operation.replace(/Batch$/, '')}`,
      resource: typeof queue === 'string' ? arnOf({ region }, 'sqs', queue) : '*',
    },
  ];
}

/** The questions of a request to Systems Manager to a role: one for each parameter. */
export function ssmCalls(operation: string, body: unknown, { region }: Place): Call[] {
  const { Names: names, Name: name } = recordOf(body);
  const action = `ssm:${operation}`;
  const wanted = (Array.isArray(names) ? names : [name]).filter((one) => typeof one === 'string');
  if (wanted.length === 0) return [{ action, resource: '*' }];
  return wanted.map((one) => ({
    action,
    resource: arnOf({ region }, 'ssm', `parameter/${one.replace(/^\//, '')}`),
  }));
}

function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

/** The items or keys of one table in a batch: of a read, or of puts and deletes. */
function itemsOf(part: unknown): Record<string, unknown>[] {
  if (!Array.isArray(part)) {
    const { Keys: keys } = recordOf(part);
    return Array.isArray(keys) ? keys.map(recordOf) : [];
  }
  return part.map((write) => {
    const { PutRequest: put, DeleteRequest: removal } = recordOf(write);
    return recordOf(recordOf(put)['Item'] ?? recordOf(removal)['Key']);
  });
}

function partitionKey(tables: readonly TableDescription[], table: string, index?: string): string {
  const definition = tables.find(({ name }) => name === table)?.definition;
  const schema =
    index === undefined
      ? definition?.KeySchema
      : definition?.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === index)?.KeySchema;
  return schema?.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';
}

/** The partition of a query, from the equation in its key condition. */
function queriedPartition(request: Record<string, unknown>, key: string): unknown[] {
  const names = recordOf(request['ExpressionAttributeNames']);
  const values = recordOf(request['ExpressionAttributeValues']);
  const { KeyConditionExpression: condition } = request;
  const equations = (typeof condition === 'string' ? condition : '').matchAll(/([#\w]+)\s*=\s*(:\w+)/g);
  return Array.from(equations).flatMap(([, name = '', value = '']) =>
    (names[name] ?? name) === key ? [values[value]] : [],
  );
}

/** The text of an attribute value: `{ S: 'pool#a' }` → `pool#a`. */
function textOf(value: unknown): string[] {
  const { S: text, N: number } = recordOf(value);
  return [text, number].filter((one) => typeof one === 'string');
}
