import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createQueue } from '#lib/aws/queue';
import { createReadableQueue } from '#lib/aws/readable-queue';
import { type QueueService, startQueueService } from '#local/cloud/queues/queues';
import { client } from './credentials.ts';

let service: QueueService;
let queueUrl: string;
beforeAll(async () => {
  service = await startQueueService(client.region, client.key);
});
afterAll(() => service.stop());
beforeEach(async () => {
  const QueueName = `letters-${Math.round(performance.now() * 1000)}`;
  ({ QueueUrl: queueUrl = '' } = await service.client.send(new CreateQueueCommand({ QueueName })));
});
const options = () => ({ ...client, endpoint: service.endpoint });

test('messages are received with their attributes, hidden, and visible again once they are released', async () => {
  const letters = createReadableQueue(queueUrl, options());
  expect(await letters.receive({ hideSeconds: 20, waitSeconds: 0 })).toEqual([]);
  expect(await letters.count()).toEqual({ visible: 0, hidden: 0 });
  const sent = Array.from({ length: 12 }, (_, index) => ({
    body: JSON.stringify({ index }),
    attributes: { reason: `ñ ${index}` },
  }));
  await createQueue(queueUrl, options()).send(sent);
  expect(await letters.count()).toEqual({ visible: 12, hidden: 0 });

  const first = await letters.receive({ hideSeconds: 20, waitSeconds: 1 });
  const second = await letters.receive({ hideSeconds: 20, waitSeconds: 1 });
  const received = [...first, ...second];
  expect(first.length).toBeLessThanOrEqual(10);
  expect(received.map(({ body, attributes }) => ({ body, attributes }))).toEqual(
    expect.arrayContaining(sent),
  );
  expect(received[0]!.sentAtMs).toBeGreaterThan(Date.parse('2020-01-01'));
  expect(await letters.receive({ hideSeconds: 20, waitSeconds: 0 })).toEqual([]);
  expect(await letters.count()).toEqual({ visible: 0, hidden: 12 });

  await letters.release(received.map(({ receiptHandle }) => receiptHandle));
  const again = await letters.receive({ hideSeconds: 0, waitSeconds: 1 });
  const ids = new Set(received.map(({ messageId }) => messageId));
  // The id stays, and identifies the message to a person.
  expect(again.every(({ messageId }) => ids.has(messageId))).toBe(true);
});

test('a message is removed while it is hidden, and the others stay', async () => {
  const letters = createReadableQueue(queueUrl, options());
  for (const MessageBody of ['a', 'b'])
    await service.client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
  const [first, second] = await letters.receive({ hideSeconds: 20, waitSeconds: 1 });
  await letters.remove(first!.receiptHandle);
  await letters.release([second!.receiptHandle]);
  const left = await letters.receive({ hideSeconds: 0, waitSeconds: 1 });
  expect(left.map(({ messageId }) => messageId)).toEqual([second!.messageId]);
});

async function sendTwo({ client: sqs }: QueueService): Promise<void> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'letters' }));
  for (const MessageBody of ['a', 'b']) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
}

test('a queue on disk shows released messages again, in the same run and in the next one', async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'letters-'));
  async function received(once: (on: QueueService) => Promise<unknown>): Promise<string[]> {
    const run = await startQueueService(client.region, client.key, {
      directory,
      onFailure: (error: unknown) => expect.unreachable(String(error)),
    });
    try {
      await once(run);
      const { QueueUrl = '' } = await run.client.send(new CreateQueueCommand({ QueueName: 'letters' }));
      const letters = createReadableQueue(QueueUrl, { ...client, endpoint: run.endpoint });
      const first = await letters.receive({ hideSeconds: 20, waitSeconds: 1 });
      await letters.release(first.map(({ receiptHandle }) => receiptHandle));
      const again = await letters.receive({ hideSeconds: 20, waitSeconds: 1 });
      await letters.release(again.map(({ receiptHandle }) => receiptHandle));
      return again.map(({ body }) => body).toSorted();
    } finally {
      await run.stop();
    }
  }
  try {
    expect(await received(sendTwo)).toEqual(['a', 'b']);
    expect(await received(async () => {})).toEqual(['a', 'b']);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test('a queue on disk keeps delays, but not those of a clock that was ahead', async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'letters-'));
  const kept = { directory, onFailure: (error: unknown) => expect.unreachable(String(error)) };
  const queue = { logicalId: 'letters', name: 'letters', arn: 'arn:letters', attributes: {} };
  const url = 'http://127.0.0.1/000000000000/letters';
  try {
    const before = await startQueueService(client.region, client.key, kept);
    await before.create([{ ...queue, url }]);
    for (const MessageBody of ['of now', 'of a clock ahead'])
      await before.client.send(new SendMessageCommand({ QueueUrl: url, MessageBody, DelaySeconds: 900 }));
    await before.stop();
    const database = new DatabaseSync(path.join(directory, 'fauxqs.db'));
    database.exec("UPDATE sqs_messages SET delay_until = delay_until + 3600000 WHERE body LIKE '%ahead'");
    database.close();
    const after = await startQueueService(client.region, client.key, kept);
    await after.create([{ ...queue, url }]);
    const { Messages = [] } = await after.client.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    expect(Messages.map(({ Body }) => Body)).toEqual(['of a clock ahead']);
    await after.stop();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
