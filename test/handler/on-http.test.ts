import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { AlertmanagerNotification } from '#events/alertmanager';
import { Command } from '#events/command';
import { systemClock } from '#lib/clock';
import { createDoor } from '#lib/handler/door';
import { admit, onHttp, parseBody, parseQuery } from '#lib/handler/on-http';
import { HttpProblem } from '#lib/handler/problem';
import { ListQuery } from '#lib/ledger/listing/query';
import { captureLog, lambdaContext } from './events.ts';
import { httpEvent } from './http-event.ts';

let logged: () => Record<string, any>[];
beforeEach(() => {
  logged = captureLog();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

let givenUp = false;
const tokens = ['first-token', 'second-token-that-is-longer'];
const door = createDoor(
  tokens.map((token) => ({ name: 'ada', tokens: [token] })),
  systemClock,
);

const handler = onHttp({
  name: 'test',
  services: () => Promise.resolve({ door }),
  routes: {
    'POST /alerts/{source}': (request) => ({
      status: 202,
      body: { alerts: parseBody(request, AlertmanagerNotification).alerts.length, ...request.path },
    }),
    'POST /commands': (request) => ({ status: 202, body: parseBody(request, Command) }),
    'POST /echo': (request) => ({ status: 200, body: parseBody(request, z.unknown()) }),
    'GET /remediations': (request) => ({ status: 200, body: parseQuery(request, ListQuery) }),
    'GET /private': async (request, services, invocation) => ({
      status: 200,
      body: `welcome, ${await admit(request, services, invocation)}`,
    }),
    'GET /broken': () => {
      throw new Error('the table is gone', { cause: new TypeError('no such host') });
    },
    'GET /taken': () => {
      throw new HttpProblem(409, 'Conflict', 'The id is known with other content');
    },
    'GET /file': () => ({
      status: 200,
      headers: { 'content-type': 'text/css', etag: '"1"' },
      body: Buffer.from('a{}'),
    }),
    'GET /unchanged': () => ({ status: 304, headers: { etag: '"1"' }, body: undefined }),
    'GET /deadline': (_request, _services, { deadlineMs }) => ({ status: 200, body: { deadlineMs } }),
    'GET /slow': (_request, _services, { signal }) => {
      signal.addEventListener('abort', () => {
        givenUp = true;
      });
      return new Promise(() => {});
    },
  },
});

async function call(routeKey: string, more: Partial<APIGatewayProxyEventV2> = {}, remainingMs = 10_000) {
  const answer = await handler(httpEvent(routeKey, more), lambdaContext({ remainingMs }));
  return { ...answer, body: JSON.parse(answer.body ?? '') };
}

const notification = {
  version: '4',
  alerts: [{ status: 'firing', labels: {}, startsAt: '2026-11-20T10:00:00Z', fingerprint: 'f' }],
};

describe('an answer', () => {
  test('may be a file, or headers alone', async () => {
    expect(await handler(httpEvent('GET /file'), lambdaContext())).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'text/css', 'cache-control': 'no-store', etag: '"1"' },
      body: Buffer.from('a{}').toString('base64'),
      isBase64Encoded: true,
    });
    const unchanged = await handler(httpEvent('GET /unchanged'), lambdaContext());
    expect(unchanged).toMatchObject({ statusCode: 304, headers: { etag: '"1"' } });
    expect(unchanged).not.toHaveProperty('body');
  });

  test("is JSON with the route's status, never cached", async () => {
    const answer = await call('POST /alerts/{source}', {
      body: JSON.stringify(notification),
      pathParameters: { source: 'alertmanager' },
    });
    expect(answer).toEqual({
      statusCode: 202,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: { alerts: 1, source: 'alertmanager' },
    });
  });

  test('to a body that came in base64 is the same', async () => {
    const body = Buffer.from(JSON.stringify({ node: 'ñode' })).toString('base64');
    expect(await call('POST /echo', { body, isBase64Encoded: true })).toMatchObject({
      statusCode: 200,
      body: { node: 'ñode' },
    });
  });

  test('to query parameters has their defaults', async () => {
    const answer = await call('GET /remediations', { queryStringParameters: { limit: '3' } });
    expect(answer.body).toEqual({ limit: 3, receipts: 'all' });
    expect((await call('GET /remediations')).body).toEqual({ limit: 50, receipts: 'all' });
  });

  test('has a deadline that leaves time to answer', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-11-20T10:00:00Z') });
    const { body } = await call('GET /deadline', {}, 9_000);
    expect(new Date(body.deadlineMs).toISOString()).toBe('2026-11-20T10:00:07.000Z');
  });
});

describe('problem details', () => {
  test.each([
    ['nothing', undefined],
    ['text', 'hello'],
    ['half an object', '{"version":"4",'],
    ['not UTF-8', '\ufffd'],
  ])('for a body that is no JSON: %s', async (_, body) => {
    const answer = await call('POST /alerts/{source}', { ...(body !== undefined && { body }) });
    expect(answer).toMatchObject({
      statusCode: 400,
      headers: { 'content-type': 'application/problem+json' },
      body: {
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        detail: expect.stringContaining('The body is not JSON'),
        errors: [{ field: '(body)' }],
      },
    });
  });

  test.each([
    ['[]', ['(body)']],
    ['{}', ['alerts']],
    ['{"version":"5"}', ['version', 'alerts']],
    [JSON.stringify({ ...notification, version: '3' }), ['version']],
    [JSON.stringify({ version: '4', alerts: 'none' }), ['alerts']],
  ])('name each field that is wrong: %s', async (body, fields) => {
    const answer = await call('POST /alerts/{source}', { body });
    expect(answer.statusCode).toBe(400);
    expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
    for (const { message } of answer.body.errors) expect(message).toMatch(/\w/);
  });

  test('name no more than twenty fields, each in so many words', async () => {
    const fields = Object.fromEntries(
      Array.from({ length: 15_000 }, (_, index) => [`${'x'.repeat(index === 0 ? 5_000 : 1)}${index}`, 0]),
    );
    const body = JSON.stringify({ action: 'delete-node-pool', pool: 'p', nodePool: 'n', ...fields });
    const answer = await call('POST /commands', { body });
    expect(answer.statusCode).toBe(400);
    expect(answer.body.errors).toHaveLength(20);
    expect(answer.body.errors[0].field).toMatch(/^x{199}…$/);
    expect(answer.body.errors[19]).toEqual({ field: '(more)', message: '14981 more fields are wrong' });
    expect(JSON.stringify(answer).length).toBeLessThan(10_000);
  });

  test('name each parameter that is wrong or unknown', async () => {
    const answer = await call('GET /remediations', { queryStringParameters: { limit: '0', pol: 'train-a' } });
    expect(answer).toMatchObject({
      statusCode: 400,
      body: { errors: [{ field: 'limit' }, { field: 'pol', message: 'is not a known field' }] },
    });
  });

  test('for a body over 1 MiB, to the byte', async () => {
    const fitting = JSON.stringify('ñ'.repeat((1024 * 1024 - 2) / 2));
    expect((await call('POST /echo', { body: fitting })).statusCode).toBe(200);
    expect(await call('POST /echo', { body: `${fitting} ` })).toMatchObject({
      statusCode: 413,
      body: { title: 'Content Too Large', detail: 'The body has 1048577 bytes; the limit is 1048576' },
    });
  });

  test('for a body that is nested deeper than anybody means it', async () => {
    const reason = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    const body = `{"action":"reset-nodes","pool":"p","nodes":["n"],"parameters":{},"reason":{"a":${reason}}}`;
    expect(await call('POST /commands', { body })).toMatchObject({
      statusCode: 400,
      body: { detail: 'The body is nested more than 32 levels deep' },
    });
  });

  test('for a route that does not exist', async () => {
    expect(await call('$default', { rawPath: '/wp-login.php' })).toMatchObject({
      statusCode: 404,
      body: {
        status: 404,
        detail: 'There is no route /wp-login.php: docs/reference/api.md lists the routes',
      },
    });
  });

  test('as a route throws them, with nothing logged as an error', async () => {
    expect(await call('GET /taken')).toMatchObject({ statusCode: 409, body: { title: 'Conflict' } });
    expect(logged().map(({ level }) => level)).toEqual(['info']);
  });

  test('without the reason of an unforeseen error, which is in the log with its cause', async () => {
    const answer = await call('GET /broken');
    expect(answer.statusCode).toBe(503);
    expect(JSON.stringify(answer)).not.toMatch(/table|host/);
    expect(logged()).toMatchObject([
      {
        level: 'error',
        function: 'test',
        requestId: 'request-1',
        error: {
          name: 'Error',
          message: 'the table is gone',
          stack: expect.stringContaining('on-http.test.ts'),
          cause: { name: 'TypeError', message: 'no such host' },
        },
      },
      { level: 'info', message: 'invocation ended', requestId: 'request-1' },
    ]);
  });
});

const visit = (authorization?: string) =>
  call('GET /private', { headers: { ...(authorization !== undefined && { authorization }) } });

describe('a bearer token', () => {
  test.each([...tokens.map((token) => `Bearer ${token}`), `bearer  ${tokens[0]} `])(
    'opens: %j',
    async (header) => {
      expect(await visit(header)).toMatchObject({ statusCode: 200, body: 'welcome, ada' });
    },
  );

  test.each([undefined, '', 'Bearer', 'Bearer ', `Basic ${tokens[0]}`, tokens[0], `Bearer ${tokens[0]} x`])(
    'has to be there: %j',
    async (header) => {
      expect(await visit(header)).toMatchObject({
        statusCode: 401,
        body: {
          status: 401,
          detail:
            'The request has no token: set the header Authorization to "Bearer" and the token of this route',
        },
      });
    },
  );

  // Tokens may have any length: their digests are compared.
  test.each(['x', 'first-toke', 'first-token2', 'FIRST-TOKEN', tokens.join(','), 'x'.repeat(5_000)])(
    'has to be one of those: %j',
    async (token) => {
      const answer = await visit(`Bearer ${token}`);
      expect(answer).toMatchObject({
        statusCode: 401,
        body: {
          detail:
            'The bearer token is not valid for this route: check that the sender has the right, current token',
        },
      });
      expect(JSON.stringify([answer, logged()])).not.toContain(`"${token}"`);
    },
  );
});

describe('services', () => {
  test('are built once for all invocations', async () => {
    const services = vi.fn(() => Promise.resolve({}));
    const counted = onHttp({
      name: 'test',
      services,
      routes: { 'GET /': () => ({ status: 200, body: {} }) },
    });
    await Promise.all([1, 2, 3].map(() => counted(httpEvent('GET /'), lambdaContext())));
    expect(services).toHaveBeenCalledTimes(1);
  });

  test('that cannot be built are a 503, and are built anew for the next invocation', async () => {
    const services = vi
      .fn<() => Promise<object>>()
      .mockRejectedValueOnce(new Error('POOLKEEPER_TABLE is not set'))
      .mockResolvedValue({});
    const failing = onHttp({
      name: 'test',
      services,
      routes: { 'GET /': () => ({ status: 200, body: {} }) },
    });
    const statuses: unknown[] = [];
    for (let invocation = 1; invocation <= 3; invocation += 1) {
      statuses.push((await failing(httpEvent('GET /'), lambdaContext())).statusCode);
    }
    expect(statuses).toEqual([503, 200, 200]);
    expect(services).toHaveBeenCalledTimes(2);
    expect(logged()[0]).toMatchObject({ level: 'error', error: { message: 'POOLKEEPER_TABLE is not set' } });
  });
});

test('a request that outlasts the function is given up half a second before its end, and logged', async () => {
  const answer = handler(httpEvent('GET /slow'), lambdaContext({ remainingMs: 510 }));
  await expect(answer).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(givenUp).toBe(true);
  expect(logged()).toContainEqual(
    expect.objectContaining({
      message: 'invocation failed',
      error: expect.objectContaining({ name: 'TimeoutError' }),
    }),
  );
});

describe('a function that is also invoked directly', () => {
  const taken: unknown[] = [];
  const both = onHttp({
    name: 'both',
    services: () => Promise.resolve({ door }),
    routes: {
      'GET /private': async (request, services, invocation) => ({
        status: 200,
        body: await admit(request, services, invocation),
      }),
    },
    direct: (event) => {
      if (event === 'bad') throw new Error('it is not stored');
      taken.push(event);
      return Promise.resolve();
    },
  });
  const invoke = (event: any) => both(event, lambdaContext());

  test('takes any event that is no request, and fails where that fails', async () => {
    for (const event of [{ source: 'aws.cloudwatch' }, [], null, 'text']) await invoke(event);
    expect(taken).toEqual([{ source: 'aws.cloudwatch' }, [], null, 'text']);
    await expect(invoke('bad')).rejects.toThrow('it is not stored');
  });

  test('asks every request for its token, even if its body looks like an event', async () => {
    const before = taken.length;
    const body = JSON.stringify({ source: 'aws.cloudwatch', alarmData: {} });
    expect(await invoke(httpEvent('GET /private', { body }))).toMatchObject({ statusCode: 401 });
    expect(await invoke({ ...httpEvent('POST /unknown', { body }), source: 'aws.cloudwatch' })).toMatchObject(
      {
        statusCode: 404,
      },
    );
    expect(taken).toHaveLength(before);
  });
});
