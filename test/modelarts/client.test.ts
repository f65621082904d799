import { describe, expect, expectTypeOf, test } from 'vitest';
import type * as z from 'zod';
import { createFixedKey, createKeyGuard } from '#lib/modelarts/client/access-key';
import type { Attempt } from '#lib/modelarts/client/attempt';
import { createModelArtsClient, type ModelArtsClient } from '#lib/modelarts/client/client';
import { batchResetNodes } from '#lib/modelarts/endpoints/batch-reset-nodes';
import { batchUpdateNodes } from '#lib/modelarts/endpoints/batch-update-nodes';
import { deleteNodePool } from '#lib/modelarts/endpoints/delete-node-pool';
import { listJobs } from '#lib/modelarts/endpoints/list-jobs';
import { showPoolNode } from '#lib/modelarts/endpoints/show-pool-node';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { BatchResetNodesRequest } from '#lib/modelarts/requests/batch-reset-nodes';
import { errorOf, sampleCredentials, sampleProject, testClient } from './client-fixture.ts';
import { fakeClock } from './fake-clock.ts';
import resetPage from './pages/batch-reset-nodes.json' with { type: 'json' };
import { answers, answersText, breaksOff, hangsUp, startServer, staysSilent } from './server.ts';

const body = BatchResetNodesRequest.parse(resetPage.request);
const accepted = answers(200, resetPage.reply);
const nodeBody = { metadata: { name: 'n1' }, status: { phase: 'Available' } };
const node = answers(200, nodeBody);
const throttled = answers(
  429,
  { error_code: 'APIGW.0308', error_msg: 'too many', request_id: 'r' },
  { 'retry-after': '3' },
);

const reset = (client: ModelArtsClient, options = {}) =>
  client.send(batchResetNodes, { path: { pool_name: 'p' }, body }, options);
const read = (client: ModelArtsClient, options = {}) =>
  client.send(showPoolNode, { path: { pool_name: 'p', node_name: 'n1' } }, options);

/** The time for an answer is over when a test says so, however busy the machine is. */
function timersOnDemand() {
  let runOut: (() => void) | undefined;
  return {
    startTimer: (_delayMs: number, onTime: () => void) => {
      runOut = onTime;
      return () => undefined;
    },
    runOut: () => runOut?.(),
  };
}

describe('a write whose answer is missing may have been done, and is sent once', () => {
  test.each([
    ['no answer in time', staysSilent, 'timed-out', undefined],
    ['connection cut', hangsUp, 'connection-lost', undefined],
    ['bad gateway', answers(502, { error_code: 'APIGW.0202', error_msg: 'x' }), 'APIGW.0202', 502],
    ['gateway timeout', answers(504), undefined, 504],
    ['internal error', answers(500, { error_code: 'ModelArts.2950', error_msg: 'x' }), 'ModelArts.2950', 500],
    ['success cut off', breaksOff(200), 'reply-unreadable', 200],
    ['success that is not JSON', answersText(200, '<html>'), 'reply-unreadable', 200],
    ['success without a job id', answers(200, {}), 'reply-unexpected', 200],
    ['success with an error', answers(200, { job_id: 'j', error_msg: 'x' }), 'reply-unexpected', 200],
    ['success without a body', answers(200), 'reply-unexpected', 200],
    ['redirection', answers(302, undefined, { location: '/elsewhere' }), undefined, 302],
  ])('%s', async (_, behaviour, code, status) => {
    const timers = timersOnDemand();
    await using server = await startServer((response, request) => {
      behaviour(response, request);
      if (behaviour === staysSilent) timers.runOut();
    }, accepted);
    await using client = testClient(server.url, timers);

    expect(await errorOf(reset(client))).toMatchObject({
      outcome: 'unknown',
      retrySafe: false,
      code,
      status,
    });
    expect(server.received).toHaveLength(1);
  });

  test('an idempotent one too, though its caller may send it again', async () => {
    await using server = await startServer(hangsUp, answers(200, {}));
    await using client = testClient(server.url);
    const update = { nodeNames: ['n1'], action: 'openHaRedundant' as const };
    const error = await errorOf(client.send(batchUpdateNodes, { path: { pool_name: 'p' }, body: update }));
    expect(error).toMatchObject({ outcome: 'unknown', retrySafe: true });
    expect(server.received).toHaveLength(1);
  });

  test('a refusal that breaks off is still a refusal', async () => {
    await using server = await startServer(breaksOff(404));
    await using client = testClient(server.url);
    expect(await errorOf(reset(client))).toMatchObject({ outcome: 'refused', status: 404, retrySafe: true });
  });
});

describe('a write that was refused for coming too often', () => {
  test('is sent again after the wait that the API asked for', async () => {
    await using server = await startServer(
      throttled,
      answers(500, { error_code: 'ModelArts.5039' }),
      accepted,
    );
    await using client = testClient(server.url);
    expect(await reset(client)).toEqual({ jobId: resetPage.reply.job_id });
    expect(client.clock.waits).toEqual([3000, 999]);
    const [first, second, third] = server.received;
    expect(second?.body).toBe(first?.body);
    // Signed anew, three seconds later.
    expect(third?.headers['x-sdk-date']).not.toBe(first?.headers['x-sdk-date']);
  });

  test('is given up after four tries', async () => {
    await using server = await startServer(throttled);
    await using client = testClient(server.url);
    expect(await errorOf(reset(client))).toMatchObject({
      outcome: 'refused',
      transient: true,
      retryAfterMs: 3000,
    });
    expect(server.received).toHaveLength(4);
  });

  test('is left to its caller when the wait would outlast the deadline', async () => {
    await using server = await startServer(throttled);
    await using client = testClient(server.url);
    const error = await errorOf(reset(client, { deadlineMs: client.clock.now() + 3000 }));
    expect(error).toMatchObject({ outcome: 'refused', retryAfterMs: 3000, requestId: 'r' });
    expect(server.received).toHaveLength(1);
  });

  test('and is then lost: the last try counts', async () => {
    await using server = await startServer(throttled, hangsUp, accepted);
    await using client = testClient(server.url);
    expect(await errorOf(reset(client))).toMatchObject({ outcome: 'unknown', retrySafe: false });
    expect(server.received).toHaveLength(2);
  });

  test('any other refusal is final', async () => {
    await using server = await startServer(answers(409, { error_code: 'ModelArts.5044' }), accepted);
    await using client = testClient(server.url);
    expect(await errorOf(reset(client))).toMatchObject({ outcome: 'refused', transient: true });
    expect(server.received).toHaveLength(1);
  });
});

describe('a read', () => {
  test.each([
    ['no answer in time', staysSilent],
    ['connection cut', hangsUp],
    ['success cut off', breaksOff(200)],
    ['not JSON', answersText(200, '<html>')],
    ['unavailable', answers(503)],
    ['throttled', answers(429)],
    ['still initialising', answers(400, { error_code: 'ModelArts.6355', error_msg: 'x' })],
    ['not what its page describes', answers(200, { metadata: {} })],
    ['an error in a 200', answers(200, { ...nodeBody, error_code: 'ModelArts.0001', error_msg: 'x' })],
    ['another node', answers(200, { ...nodeBody, metadata: { name: 'n2' } })],
  ])('is tried again: %s', async (_, behaviour) => {
    const timers = timersOnDemand();
    await using server = await startServer((response, request) => {
      behaviour(response, request);
      if (behaviour === staysSilent) timers.runOut();
    }, node);
    await using client = testClient(server.url, timers);
    expect(await read(client)).toMatchObject({ name: 'n1', phase: 'Available' });
    expect(client.clock.waits).toEqual([499]);
  });

  test.each([
    ['not found', answers(404, { error_code: 'ModelArts.50015001', error_msg: 'pool not found' }), 'refused'],
  ])('is not tried again: %s', async (_, behaviour, outcome) => {
    await using server = await startServer(behaviour, node);
    await using client = testClient(server.url);
    expect(await errorOf(read(client))).toMatchObject({ outcome, transient: false, retrySafe: true });
    expect(server.received).toHaveLength(1);
  });

  test('names the field that is not what its page describes', async () => {
    await using server = await startServer(answers(200, { metadata: {} }));
    await using client = testClient(server.url);
    expect((await errorOf(read(client))).message).toContain(
      'the answer is not what its page describes: metadata.name: ',
    );
  });

  test('is tried four times in all, with waits that double', async () => {
    await using server = await startServer(answers(503));
    await using client = testClient(server.url);
    expect(await errorOf(read(client))).toMatchObject({ outcome: 'unknown', transient: true, status: 503 });
    expect(server.received).toHaveLength(4);
    expect(client.clock.waits).toEqual([499, 999, 1999]);
  });

  test('of an endless answer is given up', async () => {
    const endless = answers(200, { metadata: { name: 'n'.repeat(5000) } });
    await using server = await startServer(endless);
    await using client = testClient(server.url, { limits: { maxReplyBytes: 1000, maxAttempts: 1 } });
    const error = await errorOf(read(client));
    expect(error).toMatchObject({ outcome: 'unknown', code: 'reply-unreadable' });
  });

  test('sends its query percent-encoded, and no content type', async () => {
    await using server = await startServer(answers(200, { count: 0, items: [] }));
    await using client = testClient(server.url);
    await client.send(listJobs, {
      query: { resource: 'pools', name: "a b+c*'/ü", since: 17, limit: undefined },
    });
    const [received] = server.received;
    expect(received?.url).toBe(
      `/v2/${sampleProject}/jobs?since=17&resource=pools&name=a%20b%2Bc%2A%27%2F%C3%BC`,
    );
    expect(received?.headers['content-type']).toBeUndefined();
    expect(received?.body).toBe('');
  });
});

describe('a refused key', () => {
  const refusesKey = answers(401, {
    error_code: 'APIGW.0301',
    error_msg: `key ${sampleCredentials.accessKey}\nunknown`,
  });

  test('is not tried again for five minutes, for any request', async () => {
    await using server = await startServer(refusesKey, node);
    await using client = testClient(server.url);

    const first = await errorOf(read(client));
    expect(first).toMatchObject({ outcome: 'refused', transient: false, status: 401 });
    client.clock.advance(299_999);
    const second = await errorOf(reset(client));
    expect(second).toMatchObject({
      outcome: 'not-sent',
      transient: true,
      code: 'credentials-refused',
      retryAfterMs: 1,
    });
    expect(server.received).toHaveLength(1);

    client.clock.advance(1);
    expect(await read(client)).toMatchObject({ name: 'n1' });
  });

  test('never shows', async () => {
    await using server = await startServer(refusesKey);
    const credentials = { ...sampleCredentials, securityToken: 'temporary-token' };
    const lines: Attempt[] = [];
    await using client = testClient(server.url, { credentials, log: (attempt) => lines.push(attempt) });
    const error = await errorOf(read(client));
    expect(error.vendorMessage).toBe('key [redacted] unknown');
    const everything = JSON.stringify([error, error.message, error.stack, lines]);
    for (const secret of Object.values(credentials)) expect(everything).not.toContain(secret);
    expect(server.received[0]?.headers['x-security-token']).toBe('temporary-token');
  });
});

test('a key as short as a word of ours does not blot it out', async () => {
  await using server = await startServer(hangsUp);
  await using client = testClient(server.url, { credentials: { accessKey: 'lost', secretKey: 'ion' } });
  expect(await errorOf(reset(client))).toMatchObject({ code: 'connection-lost' });
});

describe('what is not sent', () => {
  test('a call whose connection cannot be made', async () => {
    const server = await startServer(accepted);
    await server.close();
    await using client = testClient(server.url);
    const error = await errorOf(reset(client));
    expect(error).toMatchObject({
      outcome: 'not-sent',
      transient: true,
      retrySafe: true,
      code: 'connection-failed',
    });
    expect(error.message).toContain('no connection was made: connect ECONNREFUSED');
  });

  test('a call whose deadline is over', async () => {
    await using server = await startServer(accepted);
    await using client = testClient(server.url);
    const error = await errorOf(reset(client, { deadlineMs: client.clock.now() }));
    expect(error).toMatchObject({ outcome: 'not-sent', transient: true, code: 'deadline-over' });
    expect(server.received).toHaveLength(0);
  });

  test('a call whose caller has already given up', async () => {
    await using server = await startServer(accepted);
    await using client = testClient(server.url);
    const error = await errorOf(reset(client, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ outcome: 'not-sent', code: 'aborted' });
    expect(server.received).toHaveLength(0);
  });

  test('a call that its page would not allow, with every fault named', async () => {
    await using server = await startServer(accepted);
    await using client = testClient(server.url);
    const wrong = {
      nodeNames: [],
      rollingConfig: { strategy: 'RollingByPercent', maxUnavailable: 0 },
      extra: 1,
    };
    // @ts-expect-error just as the compiler says
    const call = client.send(batchResetNodes, { path: { pool_name: '' }, body: wrong });
    const error = await errorOf(call);
    expect(error).toMatchObject({ outcome: 'not-sent', transient: false, code: 'request-invalid' });
    expect(error.message).toContain(
      '(POST /v2/{project_id}/pools/{pool_name}/nodes/batch-reset) was not sent: ',
    );
    for (const fault of [
      'path parameter pool_name: must be one segment of a path',
      'nodeNames: must name at least one node',
      'rollingConfig.maxUnavailable: must be at least 1',
      'nodeConfig: is mandatory',
      'extra: is unknown; the fields here are nodeNames, rollingConfig, nodeConfig',
    ]) {
      expect(error.message).toContain(fault);
    }
    expect(server.received).toHaveLength(0);
  });

  test.each(['', '.', '..', 'a/b', 'a\\b', 'a\nb', '\ud800'])('a path parameter %j', async (name) => {
    await using server = await startServer(accepted);
    await using client = testClient(server.url);
    const call = client.send(deleteNodePool, { path: { pool_name: 'p', nodepool_name: name } });
    expect(await errorOf(call)).toMatchObject({ outcome: 'not-sent', code: 'request-invalid' });
    expect(server.received).toHaveLength(0);
  });
});

describe('time', () => {
  test('an attempt lasts no longer than the deadline', async () => {
    await using server = await startServer(staysSilent);
    await using client = testClient(server.url);
    const error = await errorOf(reset(client, { deadlineMs: client.clock.now() + 50 }));
    expect(error).toMatchObject({ outcome: 'unknown', code: 'timed-out' });
    expect(error.message).toContain('no answer within 50 ms');
  });

  test('giving up reaches the socket', async () => {
    const giveUp = new AbortController();
    const closed = Promise.withResolvers<void>();
    await using server = await startServer((response) => {
      response.on('close', closed.resolve);
      giveUp.abort();
    });
    await using client = testClient(server.url);
    const error = await errorOf(reset(client, { signal: giveUp.signal }));
    expect(error).toMatchObject({ outcome: 'unknown', code: 'aborted', retrySafe: false });
    await closed.promise;
  });

  test('a read whose caller gave up is not tried again', async () => {
    const giveUp = new AbortController();
    const lines: Attempt[] = [];
    await using server = await startServer(() => giveUp.abort());
    await using client = testClient(server.url, { log: (attempt) => lines.push(attempt) });
    expect(await errorOf(read(client, { signal: giveUp.signal }))).toMatchObject({ code: 'aborted' });
    expect(server.received).toHaveLength(1);
    expect(lines).toMatchObject([{ outcome: 'unknown', code: 'aborted', retryInMs: undefined }]);
  });

  test('giving up during a wait ends it with the known failure', async () => {
    const giveUp = new AbortController();
    await using server = await startServer(throttled, accepted);
    await using client = testClient(server.url, { log: () => giveUp.abort() });
    const error = await errorOf(reset(client, { signal: giveUp.signal }));
    expect(error).toMatchObject({ outcome: 'refused', status: 429 });
    expect(server.received).toHaveLength(1);
  });
});

describe('connections', () => {
  test('reads keep theirs', async () => {
    await using server = await startServer(node);
    await using client = testClient(server.url);
    for (let reads = 0; reads < 6; reads++) await read(client);
    // Not one: undici lets a connection rest for a turn of the event loop after each answer.
    expect(server.connections()).toBeLessThanOrEqual(2);
  });

  test('each write gets its own', async () => {
    await using server = await startServer(accepted);
    await using client = testClient(server.url);
    for (let writes = 0; writes < 3; writes++) await reset(client);
    expect(server.connections()).toBe(3);
    expect(server.received.map(({ headers }) => headers.connection)).toEqual(['close', 'close', 'close']);
  });

  test('a gateway in front of the API may have a path', async () => {
    await using server = await startServer(node);
    await using client = testClient(`${server.url}/modelarts/`);
    await read(client);
    expect(server.received[0]?.url).toBe(`/modelarts/v2/${sampleProject}/pools/p/nodes/n1`);
  });

  test.each([
    ['ftp://host', sampleProject, 'http(s) URL'],
    ['modelarts.example.com', sampleProject, 'http(s) URL'],
    ['https://host', 'a/b', '1 to 64 letters, digits and hyphens'],
    ['https://host', '', '1 to 64 letters, digits and hyphens'],
  ])('%s with project "%s" is refused when the client is made', (endpoint, projectId, says) => {
    const options = {
      endpoint,
      projectId,
      key: createKeyGuard(createFixedKey(sampleCredentials), fakeClock()),
      clock: fakeClock(),
      random: Math.random,
    };
    expect(() => createModelArtsClient(options)).toThrow(says);
  });
});

test('every try is in the log', async () => {
  const lines: Attempt[] = [];
  await using server = await startServer(throttled, accepted);
  await using client = testClient(server.url, { log: (attempt) => lines.push(attempt) });
  await reset(client);
  const call = {
    endpoint: 'batchResetNodes',
    method: 'POST',
    path: `/v2/${sampleProject}/pools/p/nodes/batch-reset`,
    durationMs: 0,
  };
  expect(lines).toEqual([
    {
      ...call,
      attempt: 1,
      outcome: 'refused',
      status: 429,
      code: 'APIGW.0308',
      requestId: 'r',
      retryInMs: 3000,
    },
    { ...call, attempt: 2, outcome: 'succeeded', status: 200 },
  ]);
});

declare const client: ModelArtsClient;

test('an endpoint says what its call needs', () => {
  expectTypeOf(() => read(client)).returns.resolves.toEqualTypeOf<z.output<typeof PoolNode>>();
  expectTypeOf(() => reset(client)).returns.resolves.toEqualTypeOf<{ jobId: string }>();
  // @ts-expect-error a path parameter is missing
  expectTypeOf(() => client.send(showPoolNode, { path: { pool_name: 'p' } })).toBeFunction();
  // @ts-expect-error the path is missing
  expectTypeOf(() => client.send(showPoolNode, {})).toBeFunction();
  // @ts-expect-error the body is missing
  expectTypeOf(() => client.send(batchResetNodes, { path: { pool_name: 'p' } })).toBeFunction();
  // @ts-expect-error there is no body
  expectTypeOf(() => client.send(listJobs, { body: {} })).toBeFunction();
  // @ts-expect-error there is no path parameter of that name
  expectTypeOf(() => client.send(listJobs, { path: { project_id: 'p' } })).toBeFunction();
  // @ts-expect-error there is no such query parameter
  expectTypeOf(() => client.send(listJobs, { query: { pool: 'p' } })).toBeFunction();
});
