import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createQueue, MAX_DELAY_SECONDS, type QueueMessage } from '#lib/aws/queue';
import { type QueueService, startQueueService } from '#local/cloud/queues/queues';
import {
  answers,
  type Behaviour,
  breaksOff,
  hangsUp,
  startServer,
  type TestServer,
} from '#test/modelarts/server';
import { client } from './credentials.ts';

describe('on SQS', () => {
  let service: QueueService;
  let queueUrl: string;
  beforeAll(async () => {
    service = await startQueueService(client.region, client.key);
    const { QueueUrl = '' } = await service.client.send(new CreateQueueCommand({ QueueName: 'work' }));
    queueUrl = QueueUrl;
  });
  afterAll(() => service.stop());

  const send = (messages: QueueMessage[]) =>
    createQueue(queueUrl, { ...client, endpoint: service.endpoint }).send(messages);

  /** Takes everything off the queue that can be received now. */
  async function takeAll(): Promise<Message[]> {
    const taken: Message[] = [];
    for (;;) {
      const { Messages: messages = [] } = await service.client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
        }),
      );
      if (messages.length === 0) return taken;
      taken.push(...messages);
      await service.client.send(
        new DeleteMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
        }),
      );
    }
  }

  test('more messages than fit into one request arrive, each once', async () => {
    const bodies = Array.from({ length: 25 }, (_, index) => JSON.stringify({ index, name: 'ñode "7"' }));
    await send(bodies.map((body) => ({ body })));
    const received = await takeAll();
    expect(received.map(({ Body }) => Body).toSorted()).toEqual(bodies.toSorted());
  });

  test('attributes stand beside the body; one without a text is left out, and what SQS refuses is replaced', async () => {
    await send([
      {
        body: 'with',
        attributes: { reason: 'no pool "x"', empty: '', torn: 'a\u0000b\u001b\ud800c\uffff\n' },
      },
      { body: 'without' },
    ]);
    const received = (await takeAll()).toSorted((a, b) => (a.Body! < b.Body! ? -1 : 1));
    expect(received.map(({ MessageAttributes = {} }) => MessageAttributes)).toMatchObject([
      {
        reason: { DataType: 'String', StringValue: 'no pool "x"' },
        torn: { StringValue: 'a\ufffdb\ufffd\ufffdc\ufffd\n' },
      },
      {},
    ]);
    expect(received[0]?.MessageAttributes).not.toHaveProperty('empty');
  });

  test('a delayed message is stored and not yet received', async () => {
    await send([{ body: 'later', delaySeconds: 60 }, { body: 'now' }]);
    expect((await takeAll()).map(({ Body }) => Body)).toEqual(['now']);
    const { Attributes } = await service.client.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['ApproximateNumberOfMessagesDelayed'],
      }),
    );
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessagesDelayed: '1' });
  });

  test('a queue that is not there is an error', async () => {
    const queue = createQueue(`${queueUrl}-gone`, { ...client, endpoint: service.endpoint });
    await expect(queue.send([{ body: '' }])).rejects.toThrow(/failed: 400 .*QueueDoesNotExist/);
  });
});

const failing = (...ids: string[]): Behaviour =>
  answers(200, { Failed: ids.map((Id) => ({ Id, Code: 'InternalError', Message: 'try again' })) });

const entriesOf = (server: TestServer) =>
  server.received.map(({ body }) => JSON.parse(body).Entries as any[]);

describe('requests', () => {
  const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/000000000000/work';
  const allStored = answers(200, { Successful: [], Failed: [] });
  const queueAt = (server: TestServer) => createQueue(queueUrl, { ...client, endpoint: server.url });

  test('speak the JSON protocol of SQS', async () => {
    await using server = await startServer(allStored);
    await queueAt(server).send([{ body: 'one' }]);
    expect(server.received).toMatchObject([
      {
        method: 'POST',
        url: '/',
        headers: {
          'x-amz-target': 'AmazonSQS.SendMessageBatch',
          'content-type': 'application/x-amz-json-1.0',
        },
      },
    ]);
    expect(JSON.parse(server.received[0]!.body)).toMatchObject({
      QueueUrl: queueUrl,
      Entries: [{ MessageBody: 'one', DelaySeconds: 0 }],
    });
  });

  test('hold ten messages at most, and there is none for no messages', async () => {
    await using server = await startServer(allStored);
    await queueAt(server).send([]);
    expect(server.received).toEqual([]);
    await queueAt(server).send(Array.from({ length: 21 }, (_, index) => ({ body: String(index) })));
    const entries = entriesOf(server);
    expect(entries.map(({ length }) => length).toSorted((a, b) => a - b)).toEqual([1, 10, 10]);
    for (const batch of entries) expect(new Set(batch.map(({ Id }) => Id)).size).toBe(batch.length);
  });

  test.each([
    [-5, 0],
    [0.2, 1],
    [899.5, MAX_DELAY_SECONDS],
    [7200, MAX_DELAY_SECONDS],
  ])('a delay of %d s becomes one that SQS knows: %d s', async (delaySeconds, sent) => {
    await using server = await startServer(allStored);
    await queueAt(server).send([{ body: '', delaySeconds }]);
    expect(entriesOf(server)).toMatchObject([[{ DelaySeconds: sent }]]);
  });

  test('are repeated for what SQS did not take, and for nothing else', async () => {
    await using server = await startServer(failing('1', '3'), failing('3'), allStored);
    await queueAt(server).send(['a', 'b', 'c', 'd'].map((body) => ({ body })));
    expect(entriesOf(server).map((batch) => batch.map(({ MessageBody }) => MessageBody))).toEqual([
      ['a', 'b', 'c', 'd'],
      ['b', 'd'],
      ['d'],
    ]);
  });

  test('end with an error that says why, when SQS does not take a message at all', async () => {
    await using server = await startServer(failing('1'));
    await expect(queueAt(server).send([{ body: 'a' }, { body: 'b' }])).rejects.toThrow(
      'SQS did not take 1 of 2 messages: InternalError try again',
    );
    expect(server.received).toHaveLength(6);
  });

  test('wait before they are repeated, each time for longer', async () => {
    await using server = await startServer(failing('0'), failing('0'), allStored);
    const waits: number[] = [];
    const backoff = async (attempt: number) => void waits.push(attempt);
    await createQueue(queueUrl, { ...client, endpoint: server.url, backoff }).send([{ body: 'a' }]);
    expect(waits).toEqual([1, 2]);
  });

  test('are not repeated for what SQS will never take', async () => {
    const refusal = { Id: '0', Code: 'InvalidMessageContents', Message: 'no', SenderFault: true };
    await using server = await startServer(answers(200, { Failed: [refusal] }));
    await expect(queueAt(server).send([{ body: 'a' }])).rejects.toThrow('InvalidMessageContents no');
    expect(server.received).toHaveLength(1);
  });

  test('hold a mebibyte at most, attributes and all', async () => {
    await using server = await startServer(allStored);
    const half = 512 * 1024;
    const attributes = { reason: 'r'.repeat(half - 100) };
    await queueAt(server).send([
      { body: 'a'.repeat(half) },
      { body: 'é'.repeat(half / 2) },
      { body: 'c', attributes },
      { body: 'd'.repeat(200) },
    ]);
    const sizes = server.received.map(({ body }) => JSON.parse(body).Entries.length).toSorted();
    expect(sizes).toEqual([2, 2]);
    for (const { body } of server.received) {
      const bytes = JSON.parse(body).Entries.reduce(
        (sum: number, { MessageBody, MessageAttributes }: any) =>
          sum + Buffer.byteLength(MessageBody + (MessageAttributes.reason?.StringValue ?? '')),
        0,
      );
      expect(bytes).toBeLessThanOrEqual(1024 * 1024);
    }
  });

  test('are not made at all when one message alone is more than SQS takes', async () => {
    await using server = await startServer(allStored);
    const messages = [{ body: 'fine' }, { body: 'x'.repeat(1024 * 1024 + 1) }];
    await expect(queueAt(server).send(messages)).rejects.toThrow(
      'a message has 1048577 bytes; SQS takes 1048576 at most',
    );
    expect(server.received).toEqual([]);
  });

  test('are repeated after a failure of the service or a lost connection', async () => {
    await using server = await startServer(answers(503), hangsUp, allStored);
    await queueAt(server).send([{ body: 'a' }]);
    expect(server.received).toHaveLength(3);
  });

  test('end with an error when no connection is made', async () => {
    const server = await startServer(allStored);
    await server.close();
    await expect(queueAt(server).send([{ body: 'a' }])).rejects.toThrow(
      /SendMessageBatch failed: .*ECONNREFUSED/,
    );
  });

  test('end with an error when the service stays away', async () => {
    await using server = await startServer(answers(500, { __type: 'com.amazonaws.sqs#InternalFailure' }));
    await expect(queueAt(server).send([{ body: 'a' }])).rejects.toThrow(
      /^AmazonSQS.SendMessageBatch failed: 500 .*InternalFailure/,
    );
  });

  test.each([
    [
      'a throttled call',
      answers(400, { __type: 'com.amazonaws.sqs#ThrottlingException', message: 'slow down' }),
    ],
    ['too many requests', answers(429, {})],
    ['an answer that ends in its middle', breaksOff(200)],
  ])('are repeated after %s', async (_, failure) => {
    await using server = await startServer(failure, allStored);
    const waits: number[] = [];
    const backoff = async (attempt: number) => void waits.push(attempt);
    await createQueue(queueUrl, { ...client, endpoint: server.url, backoff }).send([{ body: 'a' }]);
    expect(server.received).toHaveLength(2);
    expect(waits).toEqual([1]);
  });

  test('are not repeated when the role may not make them', async () => {
    const refusal = {
      __type: 'com.amazon.coral.service#AccessDeniedException',
      Message: 'is not authorized',
    };
    await using server = await startServer(answers(400, refusal));
    await expect(queueAt(server).send([{ body: 'a' }])).rejects.toThrow(
      'AmazonSQS.SendMessageBatch failed: 400 AccessDeniedException is not authorized',
    );
    expect(server.received).toHaveLength(1);
  });

  test('use one connection after another', async () => {
    await using server = await startServer(allStored);
    for (let index = 0; index < 3; index += 1) await queueAt(server).send([{ body: 'a' }]);
    expect(server.connections()).toBe(1);
  });
});
