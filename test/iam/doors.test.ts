import { DynamoDBClient, GetItemCommand, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  GetQueueUrlCommand,
  ListQueuesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDynamoDbStore } from '#lib/aws/dynamodb-store';
import { readParameters } from '#lib/aws/parameters';
import { createQueue } from '#lib/aws/queue';
import { createReadableQueue } from '#lib/aws/readable-queue';
import type { Document } from '#lib/ledger/store';
import { startInvokeApi } from '#local/cloud/functions/invoke-api';
import { createRoles } from '#local/cloud/iam/roles';
import type { Statement } from '#local/cloud/iam/statement';
import { startParameterService } from '#local/cloud/parameters/parameters';
import { startQueueService } from '#local/cloud/queues/queues';
import { createRunCredentials, SECRET_HEADER } from '#local/cloud/run-credentials';
import { startTableService } from '#local/cloud/tables/tables';
import { ledgerTable } from '#local/stack/ledger-table';
import { PLACE, toldStore } from './store-calls.ts';

const { region } = PLACE;
const TABLE = `arn:aws:dynamodb:${region}:000000000000:table/poolkeeper-local`;
const QUEUE = `arn:aws:sqs:${region}:000000000000:work`;
const PARAMETER = `arn:aws:ssm:${region}:000000000000:parameter/poolkeeper/local`;
const FUNCTION = `arn:aws:lambda:${region}:000000000000:function:other`;

const refusals: string[] = [];
const roles = createRoles((refusal) => refusals.push(refusal));
const own = roles.credentialsOf('worker');
/** The product's own clients sign with this. */
const signing = { region, key: own, now: Date.now };
const parts = new AsyncDisposableStack();
let dynamodb: string;
let sqs: string;
let ssm: string;
let lambda: string;

beforeAll(async () => {
  const credentials = createRunCredentials();
  const tables = await startTableService(region, credentials, undefined, roles);
  parts.defer(() => tables.stop());
  await tables.create([{ logicalId: 'LedgerTable', name: 'poolkeeper-local', definition: ledgerTable }]);
  const queues = await startQueueService(region, credentials, undefined, roles);
  parts.defer(() => queues.stop());
  const url = `${queues.endpoint}/000000000000/work`;
  await queues.create([{ logicalId: 'WorkQueue', name: 'work', arn: QUEUE, url, attributes: {} }]);
  const parameters = { '/poolkeeper/local/A': 'a', '/poolkeeper/local/B': 'b' };
  const parameterService = await startParameterService({ region, credentials, roles, parameters });
  parts.defer(() => parameterService.stop());
  const invokeApi = await startInvokeApi({
    find: (name) => (name === 'other' ? { name, arn: FUNCTION } : undefined),
    invoke: async () => ({ payload: '{}' }),
    credentials,
    roles,
  });
  parts.defer(() => invokeApi.stop());
  dynamodb = tables.endpoint;
  sqs = queues.endpoint;
  ssm = parameterService.endpoint;
  lambda = invokeApi.endpoint;
});
afterAll(() => parts.disposeAsync());

beforeEach(() => {
  refusals.length = 0;
  declare([]);
});

const declare = (statements: readonly Statement[]) =>
  roles.declare([{ name: 'worker', role: { name: 'worker-role', statements } }]);
const allow = (Action: Statement['Action'], Resource: Statement['Resource']): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
});

const user = 'arn:aws:sts::000000000000:assumed-role/worker-role/worker';

test('DynamoDB refuses as on AWS, and the run hears of it', async () => {
  const client = new DynamoDBClient({ endpoint: dynamodb, region, credentials: own });
  const get = () =>
    client.send(
      new GetItemCommand({ TableName: 'poolkeeper-local', Key: { pk: { S: 'pool#a' }, sk: { S: '-' } } }),
    );
  await expect(get()).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `User: ${user} is not authorized to perform: dynamodb:GetItem on resource: ${TABLE} because no identity-based policy allows the dynamodb:GetItem action`,
    $metadata: { httpStatusCode: 400, attempts: 1 },
  });
  expect(refusals).toEqual([
    `worker may not dynamodb:GetItem on ${TABLE}: its role worker-role does not allow it`,
  ]);
  declare([allow('dynamodb:GetItem', TABLE)]);
  await expect(get()).resolves.toBeDefined();
  declare([allow('*', '*'), { ...allow('dynamodb:Get*', '*'), Effect: 'Deny' }]);
  await expect(get()).rejects.toThrow('with an explicit deny in an identity-based policy');
  declare([allow('dynamodb:GetItem', TABLE)]);
  await expect(client.send(new ScanCommand({ TableName: 'poolkeeper-local' }))).rejects.toThrow(
    `perform: dynamodb:Scan on resource: ${TABLE}`,
  );
  await expect(client.send(new ListTablesCommand())).rejects.toThrow(
    'perform: dynamodb:ListTables on resource: *',
  );
  client.destroy();
});

test('SQS refuses as on AWS, a batch as a single message', async () => {
  const client = new SQSClient({ endpoint: sqs, region, credentials: own });
  const QueueUrl = `${sqs}/000000000000/work`;
  const send = () => client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  const sendBatch = () =>
    client.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: '1', MessageBody: 'x' }] }));
  for (const sending of [send, sendBatch]) {
    declare([]);
    await expect(sending()).rejects.toMatchObject({
      Code: 'AccessDenied',
      message: `User: ${user} is not authorized to perform: sqs:sendmessage on resource: ${QUEUE} because no identity-based policy allows the sqs:sendmessage action`,
      $metadata: { httpStatusCode: 403, attempts: 1 },
    });
    declare([allow('sqs:SendMessage', QUEUE)]);
    await expect(sending()).resolves.toBeDefined();
  }
  await expect(client.send(new GetQueueUrlCommand({ QueueName: 'work' }))).rejects.toThrow(
    `perform: sqs:getqueueurl on resource: ${QUEUE}`,
  );
  await expect(client.send(new ListQueuesCommand())).rejects.toThrow(
    'perform: sqs:listqueues on resource: *',
  );
  client.destroy();
});

test('no function can use the services that stand beside SQS', async () => {
  declare([allow('*', 'arn:*')]);
  const headers = {
    [SECRET_HEADER]: own.sessionToken,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const answer = await fetch(sqs, { method: 'POST', headers, body: 'Action=ListTopics' });
  expect(answer.status).toBe(403);
});

const read = (...wanted: string[]) =>
  readParameters('/poolkeeper/local/', wanted, { ...signing, endpoint: ssm });

test('Systems Manager refuses all parameters of a request for the one that is not allowed', async () => {
  declare([allow('ssm:GetParameters', `${PARAMETER}/A`)]);
  expect(await read('A')).toEqual({ A: 'a' });
  await expect(read('A', 'B')).rejects.toThrow(
    `User: ${user} is not authorized to perform: ssm:GetParameters on resource: ${PARAMETER}/B because no identity-based policy allows the ssm:GetParameters action`,
  );
  declare([allow('ssm:GetParameters', `${PARAMETER}/*`)]);
  expect(await read('A', 'B', 'C')).toEqual({ A: 'a', B: 'b' });
});

const invoke = (name: string) =>
  fetch(`${lambda}/2015-03-31/functions/${name}/invocations`, {
    method: 'POST',
    headers: { [SECRET_HEADER]: own.sessionToken },
  });

test('Lambda refuses to invoke a function', async () => {
  const refused = await invoke('other');
  expect(refused.status).toBe(403);
  expect(refused.headers.get('x-amzn-errortype')).toBe('AccessDeniedException');
  expect(await refused.json()).toEqual({
    Message: `User: ${user} is not authorized to perform: lambda:InvokeFunction on resource: ${FUNCTION} because no identity-based policy allows the lambda:InvokeFunction action`,
  });
  declare([allow('lambda:InvokeFunction', FUNCTION)]);
  expect((await invoke('other')).status).toBe(200);
  expect((await invoke('strange')).status).toBe(403);
});

const document = (pk: string): Document => ({ pk, sk: '-', version: 1, writeId: 'w' });

/** Every call of the store, and of both kinds of queues. Each resolves if the role allows it. */
async function everything(): Promise<void> {
  const store = createDynamoDbStore('poolkeeper-local', { ...signing, endpoint: dynamodb });
  const queue = createQueue(`${sqs}/000000000000/work`, { ...signing, endpoint: sqs });
  const letters = createReadableQueue(`${sqs}/000000000000/work`, { ...signing, endpoint: sqs });
  const told = toldStore(store, () => {});
  await told.get({ pk: 'node#a', sk: '-' });
  await told.getMany([{ pk: 'node#a', sk: '-' }]);
  await told.put(document('node#a'), 0);
  await told.remove({ pk: 'pool#a', sk: 'x' }, 1);
  await told.putMany([document('deliveries#1'), document('mentioned#a')]);
  await told.query({ partition: 'node#a', limit: 1 });
  await told.find({ index: 'by-state', partition: 'open', limit: 1 });
  await queue.send([{ body: 'x' }]);
  await letters.count();
  const [letter] = await letters.receive({ hideSeconds: 30, waitSeconds: 0 });
  await letters.release([letter!.receiptHandle]);
  await letters.remove(letter!.receiptHandle);
}

const nameOf = ({ Action, Resource }: Statement) => `${String(Action)} on ${String(Resource)}`;

const whole: readonly Statement[] = [
  ...['GetItem', 'BatchGetItem', 'PutItem', 'Query'].map((name) => allow(`dynamodb:${name}`, TABLE)),
  allow('dynamodb:Query', `${TABLE}/index/by-state`),
  {
    ...allow('dynamodb:DeleteItem', TABLE),
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['pool#*'] } },
  },
  {
    ...allow('dynamodb:BatchWriteItem', TABLE),
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['deliveries#*', 'mentioned#*'] } },
  },
  ...['SendMessage', 'GetQueueAttributes', 'ReceiveMessage', 'ChangeMessageVisibility', 'DeleteMessage'].map(
    (name) => allow(`sqs:${name}`, QUEUE),
  ),
];

test('with all of these statements every call of the product is served', async () => {
  declare(whole);
  await everything();
  expect(refusals).toEqual([]);
});

test.each(whole.map((statement) => [nameOf(statement), statement] as const))(
  'without %s one is refused',
  async (named, taken) => {
    declare(whole.filter((statement) => statement !== taken));
    await expect(everything()).rejects.toThrow(/AccessDenied|not authorized/);
    expect(refusals).toEqual([`worker may not ${named}: its role worker-role does not allow it`]);
  },
);

test.each([
  ['remove', { pk: 'node#a', sk: '-' }],
  ['putMany', [document('deliveries#1'), document('node#a')]],
])('%s is refused where its condition does not hold', async (operation, about) => {
  declare(whole);
  const store: any = createDynamoDbStore('poolkeeper-local', { ...signing, endpoint: dynamodb });
  await expect(store[operation](about, 1)).rejects.toThrow('not authorized');
});

test('what a world says that its store asks is what the real one sends', async () => {
  const told: string[] = [];
  const asked: string[] = [];
  const store = createDynamoDbStore('poolkeeper-local', { ...signing, endpoint: dynamodb });
  const watched = toldStore(store, ({ action, resource, context }) => {
    told.push(action, resource, ...Object.values(context ?? {}).flat());
    // The role allows exactly this.
    declare([
      {
        ...allow(action, resource),
        Condition: {
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': Object.values(context ?? {}).flat() },
        },
      },
    ]);
    asked.push(action);
  });
  await watched.get({ pk: 'node#a', sk: '-' });
  await watched.getMany([
    { pk: 'node#a', sk: '-' },
    { pk: 'node#b', sk: '-' },
  ]);
  await watched.put(document('node#c'), 0);
  await watched.remove({ pk: 'pool#a', sk: 'x' }, 1);
  await watched.putMany([document('deliveries#1'), document('mentioned#a')]);
  await watched.query({ partition: 'node#a', after: 'a', before: 'b', limit: 1 });
  for (const index of ['by-time', 'by-pool', 'by-state', 'by-outbox'] as const)
    await watched.find({ index, partition: 'open', before: 'x', limit: 1 });
  expect(refusals).toEqual([]);
  expect(asked).toHaveLength(10);
});
