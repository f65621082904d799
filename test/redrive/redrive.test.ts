import { PassThrough } from 'node:stream';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { Known } from '#lib/dead-letters/judge';
import { type QueueService, startQueueService } from '#local/cloud/queues/queues';
import { type Orders, redrive } from '#local/redrive/redrive';
import { createScreen } from '#local/screen/screen';
import { runCredentials } from '#test/aws/credentials';

const COMMAND = {
  action: 'reset-nodes',
  pool: 'train-a',
  nodes: ['os-node-created-lv29s'],
  parameters: {},
  mode: 'act',
};
const NOTHING: Orders = { send: [], sendSafe: false, delete: [] };

let service: QueueService;
beforeAll(async () => {
  service = await startQueueService('us-east-1', runCredentials);
  return () => service.stop();
});

let stage = '';
let stages = 0;
beforeEach(async () => {
  stage = `test${(stages += 1)}`;
  const names = ['reset-nodes', 'reset-nodes-dlq', 'poll-jobs', 'poll-jobs-dlq', 'scale-node-pools-dlq'];
  await service.create(
    names.map(
      (name) =>
        ({
          logicalId: name,
          name: `poolkeeper-${stage}-${name}`,
          url: urlOf(name),
          arn: '',
          attributes: { VisibilityTimeout: '30' },
        }) as never,
    ),
  );
});

const urlOf = (name: string) => `${service.endpoint}/000000000000/poolkeeper-${stage}-${name}`;

async function bury(
  queue: string,
  body: object | string,
  said: Record<string, string> = {},
): Promise<string> {
  const { MessageId = '' } = await service.client.send(
    new SendMessageCommand({
      QueueUrl: urlOf(queue),
      MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
      MessageAttributes: Object.fromEntries(
        Object.entries(said).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      ),
    }),
  );
  return MessageId;
}

async function bodiesOn(queue: string): Promise<any[]> {
  const { Messages = [] } = await service.client.send(
    new ReceiveMessageCommand({ QueueUrl: urlOf(queue), MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
  );
  return Messages.map(({ Body = '' }) => JSON.parse(Body));
}

async function run(orders: Partial<Orders> = {}, known: Known = 'absent') {
  const output = new PassThrough();
  const place = { name: 'here', stage, sqs: service.client, stateOf: () => Promise.resolve(known) };
  const failures = await redrive(place, { ...NOTHING, ...orders }, createScreen(output));
  return { failures, shown: String(output.read() ?? '') };
}

const SAID = {
  reason: 'it failed 5 times, the last time with: Error: gone',
  messageId: 'first-sent',
  firstError: 'Error: throttled',
  firstErrorAt: '2026-11-20T10:00:00.000Z',
  lastError: 'Error: gone',
  lastErrorAt: '2026-11-20T10:25:00.000Z',
  receives: '5',
};

test('shows what is there, and leaves it there', async () => {
  const id = await bury('reset-nodes-dlq', { ...COMMAND, id: 'c-1' }, SAID);
  await bury('scale-node-pools-dlq', { schedule: 'shrink-at-night', scheduledAt: '2026-11-20T19:00:00Z' });
  for (let times = 0; times < 2; times += 1) {
    const { failures, shown } = await run();
    expect(failures).toEqual([]);
    expect(shown).toContain('reset-nodes: 1\n');
    expect(shown).toContain(`${id}  reset-nodes of os-node-created-lv29s in train-a, command c-1`);
    expect(shown).toContain('first error 2026-11-20T10:00:00.000Z  Error: throttled');
    expect(shown).toContain('last error  2026-11-20T10:25:00.000Z  Error: gone');
    expect(shown).toContain('delivered 5 times');
    expect(shown).toContain('yes: the ledger does not have it yet');
    expect(shown).toContain('schedule shrink-at-night, due at 2026-11-20T19:00:00Z');
  }
  expect(await bodiesOn('reset-nodes')).toEqual([]);
});

test('sends back the safe letters, with the ids that they had, and keeps the rest', async () => {
  await bury('reset-nodes-dlq', COMMAND, SAID);
  await bury('reset-nodes-dlq', '{', { reason: 'the message is not JSON' });
  const { failures } = await run({ sendSafe: true });
  expect(failures).toEqual([]);
  expect(await bodiesOn('reset-nodes')).toEqual([{ ...COMMAND, id: 'message-first-sent' }]);
  const { shown } = await run();
  expect(shown).toContain('reset-nodes: 1\n');
  expect(shown).toContain('no: no function can read it');
});

test('sends back and deletes by id, and says what it could not do', async () => {
  const useless = await bury('reset-nodes-dlq', { ...COMMAND, id: 'c-1' }, { reason: 'no such pool' });
  const poison = await bury('reset-nodes-dlq', '{', { reason: 'the message is not JSON' });
  const old = await bury('poll-jobs-dlq', '{');
  const { failures, shown } = await run({ send: [useless, poison, 'unheard-of'], delete: [old] });
  expect(failures).toEqual([
    'There is no dead letter unheard-of: check the id in the list above.',
    `${poison} cannot be sent back: no function can read it.`,
  ]);
  expect(shown).toContain(`${useless} was sent back.`);
  expect(shown).toContain(`${old} was deleted.`);
  expect(await bodiesOn('reset-nodes')).toEqual([{ ...COMMAND, id: 'c-1' }]);
  expect((await run()).shown).not.toContain('poll-jobs');
});

test('says when there is nothing, or no such stage', async () => {
  expect((await run()).shown).toBe('There are no dead letters.\n');
  stage = 'unknown';
  expect((await run()).failures).toEqual([
    'The stage unknown has no queues: check its name, and the account and region of your AWS credentials.',
  ]);
});

test('a name or an error text of foreign origin cannot steer the terminal that shows it', async () => {
  const evil = '\u202e\u2028\u009b2J';
  await bury('reset-nodes-dlq', { ...COMMAND, id: 'c-1' }, { ...SAID, firstError: `Error: ${evil}` });
  await bury('reset-nodes-dlq', `not JSON\r\n${evil}`, { reason: `no such pool ${evil}\r\nsafe: yes` });
  const known = { state: 'failed', why: '\u001b]52;c;ZXZpbA==\u0007', receipts: [] } as never;
  const { shown } = await run({}, known);
  expect(shown).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(shown).toContain('no such pool \\u202e\\u2028\\u009b2J\\r\\nsafe: yes');
  expect(shown).toContain('failed: \\u001b]52;c;ZXZpbA==\\u0007');
});
