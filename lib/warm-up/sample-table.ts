import { Agent } from 'node:http';
import { SampleSocket } from './sample-socket.ts';

type Item = Record<string, { S?: string }>;

/** The parts of a request of DynamoDB that a sample has. */
type Asked = {
  Key?: Item;
  Item?: Item;
  /** By the table. */
  RequestItems?: Record<string, { Keys: Item[] } | readonly { PutRequest: { Item: Item } }[]>;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Item;
  Limit?: number;
};

/**
 * Connections to a DynamoDB and an SQS in the memory of this process: a table whose queries find every item of a partition, and queues
 * that forget. They know no more than a first event asks.
 */
export function createSampleTable(): Agent {
  const items = new Map<string, Item>();

  function stored(key: Item): Item[] {
    const item = items.get(placeOf(key));
    return item ? [item] : [];
  }

  function put(item: Item): void {
    items.set(placeOf(item), item);
  }

  function answer(operation: string, asked: Asked): object {
    const { Key: key = {}, Item: item, RequestItems: requests = {} } = asked;
    if (operation === 'GetItem') return { Item: items.get(placeOf(key)) };
    if (operation === 'DeleteItem') items.delete(placeOf(key));
    if (operation === 'PutItem' && item) put(item);
    if (operation === 'Query') return { Items: query(asked) };
    const found: Record<string, Item[]> = {};
    for (const [table, batch] of Object.entries(requests)) {
      if ('Keys' in batch) found[table] = batch.Keys.flatMap((one: Item): Item[] => stored(one));
      else for (const { PutRequest } of batch) put(PutRequest.Item);
    }
    return { Responses: found };
  }

  function query({
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    Limit,
  }: Asked): Item[] {
    const [partition = 'pk', value] = [names?.['#p'], values?.[':p']?.S];
    return [...items.values()].filter((item) => item[partition]?.S === value).slice(0, Limit);
  }

  function reply(head: string, body: string): object {
    const asked: Asked = JSON.parse(body);
    return answer(/^x-amz-target: \w+\.(\w+)/im.exec(head)?.[1] ?? '', asked);
  }

  const agent = new Agent({ keepAlive: true });
  return Object.assign(agent, { createConnection: () => new SampleSocket(reply, 'keep-alive') });
}

function placeOf({ pk, sk }: Item): string {
  return `${pk?.S} ${sk?.S}`;
}
