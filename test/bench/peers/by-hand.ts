import { randomUUID } from 'node:crypto';
import { ask, signedForAws } from './by-hand-request.ts';
import { variable } from './peer.ts';

const text = 'x'.repeat(600);

/** Makes as many requests of the ledger's table as the event says, signed by hand: half of them write an item of an ordinary size. */
export async function handler({ requests }: { requests: number }): Promise<object> {
  const url = new URL(variable('AWS_ENDPOINT_URL_DYNAMODB'));
  const TableName = variable('POOLKEEPER_TABLE');
  for (let number = 0; number < requests; number += 1) {
    const key = { pk: { S: randomUUID() }, sk: { S: '-' } };
    const [target, body] =
      number % 2 === 0
        ? ['PutItem', { TableName, Item: { ...key, value: { S: text } } }]
        : ['GetItem', { TableName, Key: key, ConsistentRead: true }];
    const payload = JSON.stringify(body);
    await ask(url, 'POST', signedForAws('dynamodb', `DynamoDB_20120810.${target}`, url, payload), payload);
  }
  return {};
}
