import { request } from 'node:http';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRuntimeApi } from '#local/cloud/functions/runtime-api';
import { createRunCredentials, SECRET_HEADER } from '#local/cloud/run-credentials';
import { type FixtureCloud, startFixture } from './fixture.ts';

let cloud: FixtureCloud;
beforeAll(async () => {
  cloud = await startFixture({ hosts: ['poolkeeper.example.com'] });
});
afterAll(() => cloud[Symbol.asyncDispose]());

/** Any program of another user of this machine, or one that was configured for another run. */
const strange = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** A request with headers that fetch would not send as they are; gives its status. */
function statusOf(url: string, headers: Record<string, string>, method = 'POST'): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject).end();
  });
}

describe('a client without the credentials of the run', () => {
  it('puts nothing on a queue, and takes nothing off it', async () => {
    const sqs = new SQSClient({ ...strange, endpoint: cloud.sqsEndpoint });
    const QueueUrl = cloud.queueUrl('WorkDeadLetterQueue');
    const send = sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"mode":"act"}' }));
    await expect(send).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    const receive = sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    await expect(receive).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    expect(await cloud.messagesIn('WorkDeadLetterQueue')).toEqual({ visible: 0, inFlight: 0 });
    sqs.destroy();
  });

  it('reads no table', async () => {
    const credentials = { ...createRunCredentials(), sessionToken: 'of-another-run' };
    const client = new DynamoDBClient({ ...strange, credentials, endpoint: cloud.dynamodbEndpoint });
    const reading = client.send(new ListTablesCommand());
    await expect(reading).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    client.destroy();
  });

  it('invokes no function', async () => {
    const url = `${cloud.lambdaEndpoint}/2015-03-31/functions/http/invocations`;
    expect(await statusOf(url, {})).toBe(403);
    expect(await statusOf(url, { [SECRET_HEADER]: cloud.credentials.sessionToken })).toBe(200);
  });

  it('gets no invocation meant for a function', async () => {
    const credentials = createRunCredentials();
    const api = await startRuntimeApi(credentials);
    const next = `http://${api.address}/2018-06-01/runtime/invocation/next`;
    expect(await statusOf(next, {}, 'GET')).toBe(403);
    expect(await statusOf(next, { [SECRET_HEADER]: 'guessed' }, 'GET')).toBe(403);
    const own = fetch(next, { headers: { [SECRET_HEADER]: credentials.sessionToken } });
    await api.asked();
    const invocation = { requestId: 'r', payload: '{"token":1}', deadlineMs: 1, functionArn: 'arn' };
    void api.deliver(invocation);
    expect(await (await own).json()).toEqual({ token: 1 });
    await api.close();
  });
});

const endpoints = () => [cloud.sqsEndpoint, cloud.dynamodbEndpoint, `${cloud.lambdaEndpoint}/`];

describe('a web page', () => {
  it('is served by no stand-in, even with the credentials', async () => {
    const headers = { origin: 'https://evil.test', [SECRET_HEADER]: cloud.credentials.sessionToken };
    for (const endpoint of endpoints()) expect(await statusOf(endpoint, headers)).toBe(403);
  });

  it('that loads an address without an origin is served by no stand-in either', async () => {
    for (const site of ['cross-site', 'same-site', 'same-origin']) {
      const headers = { 'sec-fetch-site': site, [SECRET_HEADER]: cloud.credentials.sessionToken };
      for (const endpoint of endpoints()) expect(await statusOf(endpoint, headers, 'GET')).toBe(403);
    }
  });

  it('of another site can neither read from the HTTP API nor send to it', async () => {
    const { host } = new URL(cloud.url);
    const other = [
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1:1' },
      { origin: `https://evil.test/${host}` },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of other) {
      for (const method of ['GET', 'POST', 'OPTIONS'])
        expect(await statusOf(`${cloud.url}/any`, headers, method)).toBe(403);
    }
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect(await statusOf(`${cloud.url}/any`, link, 'GET')).toBe(200);
    expect(await statusOf(`${cloud.url}/any`, link, 'POST')).toBe(403);
    const own = { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
    expect(await statusOf(`${cloud.url}/any`, own)).toBe(200);
  });

  it('whose name was made to point to this machine is served by nothing', async () => {
    const headers = { host: 'evil.test', [SECRET_HEADER]: cloud.credentials.sessionToken };
    for (const endpoint of [...endpoints(), `${cloud.url}/any`]) {
      expect(await statusOf(endpoint, headers)).toBe(421);
      expect(await statusOf(endpoint, { ...headers, host: 'evil.test:80' })).toBe(421);
    }
  });
});

it('the HTTP API is reached by the names of this machine, and by those of a proxy before it', async () => {
  const { port } = new URL(cloud.url);
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, '[::1]', 'Poolkeeper.example.com'])
    expect(await statusOf(`${cloud.url}/any`, { host }, 'GET')).toBe(200);
});
