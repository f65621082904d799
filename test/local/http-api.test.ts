import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type FixtureCloud, isAlive, startFixture } from './fixture.ts';
import { fixtureStack } from './fixture-stack.ts';

let cloud: FixtureCloud;
beforeAll(async () => {
  cloud = await startFixture({ maxSandboxes: 4 });
});
afterAll(() => cloud[Symbol.asyncDispose]());

const post = (path: string, headers: Record<string, string>, body: string) =>
  fetch(`${cloud.url}${path}`, { method: 'POST', headers, body });

const answering = (answer: unknown) => post('/alerts/x', { 'x-order': 'answer' }, JSON.stringify(answer));

describe('the event', () => {
  it('has the shape of payload format 2.0', async () => {
    const before = Date.now();
    const response = await fetch(`${cloud.url}/remediations/a%20b?state=running&state=failed&pool=a%2Fb`, {
      headers: { 'X-Custom': 'one', cookie: 'a=1; b=2', 'user-agent': 'a test' },
    });
    const { event } = JSON.parse(await response.text());
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'GET /remediations/{id}',
      rawPath: '/remediations/a%20b',
      rawQueryString: 'state=running&state=failed&pool=a%2Fb',
      cookies: ['a=1', 'b=2'],
      headers: expect.objectContaining({ 'x-custom': 'one', host: cloud.url.replace('http://', '') }),
      queryStringParameters: { state: 'running,failed', pool: 'a/b' },
      pathParameters: { id: 'a b' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'local',
        domainName: cloud.url.replace('http://', ''),
        domainPrefix: 'local',
        http: {
          method: 'GET',
          path: '/remediations/a%20b',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'a test',
        },
        requestId: expect.any(String),
        routeKey: 'GET /remediations/{id}',
        stage: '$default',
        time: expect.stringMatching(/^\d{2}\/\w{3}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/),
        timeEpoch: expect.any(Number),
      },
      isBase64Encoded: false,
    });
    expect(event.headers).not.toHaveProperty('cookie');
    expect(event.requestContext.timeEpoch).toBeGreaterThanOrEqual(before);
  });

  it('joins repeated headers with commas', async () => {
    const event = await new Promise<any>((resolve, reject) => {
      request(`${cloud.url}/any`, { headers: { 'x-many': ['one', 'two'] } }, (response) => {
        response.on('data', (chunk) => resolve(JSON.parse(chunk).event));
      })
        .on('error', reject)
        .end();
    });
    expect(event.headers['x-many']).toBe('one,two');
  });

  it.each([
    ['application/json', '{"é":1}', { body: '{"é":1}', isBase64Encoded: false }],
    ['application/cloudevents+json; charset=utf-8', '{}', { body: '{}', isBase64Encoded: false }],
    ['text/plain', 'text', { body: 'text', isBase64Encoded: false }],
    ['application/octet-stream', 'text', { body: 'dGV4dA==', isBase64Encoded: true }],
    ['application/json', Buffer.from([0xff]), { body: '/w==', isBase64Encoded: true }],
  ])('carries a body of %s', async (contentType, body, expected) => {
    const response = await fetch(`${cloud.url}/any`, {
      method: 'PUT',
      headers: { 'content-type': contentType },
      body,
    });
    expect(JSON.parse(await response.text()).event).toMatchObject(expected);
  });

  it('comes with a context that counts down the time', async () => {
    const { context, remainingMs } = JSON.parse(await (await fetch(`${cloud.url}/any`)).text());
    expect(context).toMatchObject({
      functionName: 'poolkeeper-test-http',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:poolkeeper-test-http',
      memoryLimitInMB: '128',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(remainingMs).toBeGreaterThan(0);
    expect(remainingMs).toBeLessThanOrEqual(30_000);
  });
});

describe('the answer', () => {
  it('is what the function says, with headers and cookies', async () => {
    const response = await answering({
      statusCode: 418,
      headers: { 'Content-Type': 'application/problem+json', 'x-number': 7 },
      cookies: ['a=1', 'b=2; HttpOnly'],
      body: '{"title":"teapot"}',
    });
    expect(response.status).toBe(418);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('x-number')).toBe('7');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2; HttpOnly']);
    expect(await response.json()).toEqual({ title: 'teapot' });
  });

  it('may be binary', async () => {
    const response = await answering({ statusCode: 200, body: '/wA=', isBase64Encoded: true });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0xff, 0]));
  });

  it('is 200 with JSON for an object without a status code', async () => {
    const response = await answering({ remediations: [] });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ remediations: [] });
  });

  it.each([{ statusCode: 'fine' }, { statusCode: 200, body: { not: 'a text' } }])(
    'is 500 where it cannot be read: %j',
    async (answer) => {
      const response = await answering(answer);
      expect(response.status).toBe(500);
      expect(await response.json()).toEqual({ message: 'Internal Server Error' });
    },
  );

  it('is 500 after an error, without a word of it, and the next call works', async () => {
    const response = await post('/alerts/x', { 'x-order': 'throw' }, '{}');
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('{"message":"Internal Server Error"}');
    expect(cloud.lines.map(({ line }) => line).join()).toContain('no such node');
    expect((await answering({ statusCode: 204 })).status).toBe(204);
  });

  it('is 404 where no route leads', async () => {
    for (const [method, path] of [
      ['GET', '/alerts/x'],
      ['GET', '/remediations/a/b'],
      ['POST', '/'],
    ] as const) {
      const response = await fetch(`${cloud.url}${path}`, { method });
      expect([response.status, await response.json()]).toEqual([404, { message: 'Not Found' }]);
    }
  });

  it('is 413 for more than 10 MiB', async () => {
    const response = await post('/alerts/x', {}, 'x'.repeat(10 * 1024 * 1024 + 1));
    expect([response.status, await response.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
  });

  it('is 503 when the integration takes too long, and 500 when the function does, which is killed', async () => {
    await using limited = await startFixture({
      describe(place) {
        const stack = fixtureStack(place);
        return { ...stack, functions: stack.functions.map((fn) => ({ ...fn, timeoutSeconds: 1 })) };
      },
    });
    const [impatient, timedOut] = await Promise.all([
      fetch(`${limited.url}/impatient`, { headers: { 'x-order': 'hang' } }),
      fetch(`${limited.url}/any`, { headers: { 'x-order': 'hang' } }),
    ]);
    expect([impatient.status, timedOut.status]).toEqual([503, 500]);
    const timeouts = () => limited.lines.filter(({ line }) => line === 'Task timed out after 1.00 seconds');
    await eventually(timeouts).toHaveLength(2);
    const hanging = limited.lines
      .flatMap(({ line }) => /^hanging in (\d+)/.exec(line)?.[1] ?? [])
      .map(Number);
    expect(hanging).toHaveLength(2);
    await eventually(() => hanging.filter(isAlive)).toEqual([]);
  });
});

it('60 posts at once are all answered, by no more processes than allowed', async () => {
  const answers = await Promise.all(
    Array.from({ length: 60 }, async () => {
      const response = await post('/alerts/alertmanager', { 'x-order': 'pid' }, '{}');
      return { status: response.status, pid: Number(await response.text()) };
    }),
  );
  expect(answers.every(({ status }) => status === 202)).toBe(true);
  const pids = new Set(answers.map(({ pid }) => pid));
  expect(pids.size).toBeGreaterThan(1);
  expect(pids.size).toBeLessThanOrEqual(4);
  expect([...pids].every(isAlive)).toBe(true);
});

it('a port that is taken is named', async () => {
  const port = Number(new URL(cloud.url).port);
  await expect(startFixture({ port })).rejects.toThrow(`Port ${port} is already in use`);
});
