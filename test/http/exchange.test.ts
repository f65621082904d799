import { type Dispatcher, MockAgent } from 'undici';
import { expect, test } from 'vitest';
import { exchange } from '#lib/http/exchange';
import { showPoolNode } from '#lib/modelarts/endpoints/show-pool-node';
import { testClient } from '#test/modelarts/client-fixture';

const request = { method: 'POST', url: new URL('http://127.0.0.1/p'), headers: {} } as const;
const limits = { timeoutMs: 10_000, maxReplyBytes: 1000 };

/** A dispatcher whose one request ends as its test decides. */
function heldDispatcher() {
  const handlers: Dispatcher.DispatchHandler[] = [];
  const dispatcher = {
    dispatch: (_: unknown, handler: Dispatcher.DispatchHandler) => handlers.push(handler) > 0,
  };
  return { dispatcher, handler: () => handlers[0] ?? expect.fail('nothing was dispatched') };
}

function heldController() {
  const aborts: Error[] = [];
  const controller: Dispatcher.DispatchController = {
    aborted: false,
    paused: false,
    reason: null,
    abort: (reason) => aborts.push(reason),
    pause: () => undefined,
    resume: () => undefined,
  };
  return { controller, aborts };
}

test('a request that is given up while its connection is being made is never written', async () => {
  const { dispatcher, handler } = heldDispatcher();
  const giveUp = new AbortController();
  const exchanged = exchange(dispatcher, request, { ...limits, signal: giveUp.signal });

  giveUp.abort();
  expect(await exchanged).toEqual({ kind: 'no-answer', why: 'aborted', sent: false });

  const late = heldController();
  handler().onRequestStart?.(late.controller, null);
  expect(late.aborts).toHaveLength(1);
});

test('a connection that takes too long to make leaves the request unsent', async () => {
  const { dispatcher } = heldDispatcher();
  const exchanged = await exchange(dispatcher, request, { ...limits, timeoutMs: 20 });
  expect(exchanged).toEqual({ kind: 'no-answer', why: 'timed-out', sent: false });
});

test('a request that was begun is not begun again', async () => {
  const { dispatcher, handler } = heldDispatcher();
  const exchanged = exchange(dispatcher, request, limits);
  const first = heldController();
  const second = heldController();
  handler().onRequestStart?.(first.controller, null);
  handler().onRequestStart?.(second.controller, null);
  expect([first.aborts.length, second.aborts.length]).toEqual([0, 1]);

  handler().onResponseError?.(second.controller, new Error('cut'));
  expect(await exchanged).toMatchObject({ kind: 'no-answer', why: 'connection', sent: true });
});

test('an announcement is not the answer', async () => {
  const { dispatcher, handler } = heldDispatcher();
  const exchanged = exchange(dispatcher, request, limits);
  const { controller } = heldController();
  handler().onRequestStart?.(controller, null);
  handler().onResponseStart?.(controller, 103, {});
  handler().onResponseStart?.(controller, 200, { 'x-request-id': 'r' });
  handler().onResponseData?.(controller, Buffer.from('{"a":'));
  handler().onResponseData?.(controller, Buffer.from('"ü"}'));
  handler().onResponseEnd?.(controller, {});
  const headers = { 'x-request-id': 'r' };
  expect(await exchanged).toEqual({
    kind: 'answer',
    status: 200,
    headers,
    body: '{"a":"ü"}',
    complete: true,
  });
});

test('an announcement without an answer is no answer', async () => {
  const { dispatcher, handler } = heldDispatcher();
  const exchanged = exchange(dispatcher, request, limits);
  const { controller } = heldController();
  handler().onRequestStart?.(controller, null);
  handler().onResponseStart?.(controller, 103, {});
  handler().onResponseError?.(controller, new Error('cut'));
  expect(await exchanged).toMatchObject({ kind: 'no-answer', sent: true });
});

test("undici's mocks can stand in for the API", async () => {
  const agent = new MockAgent();
  agent.disableNetConnect();
  agent
    .get('https://modelarts.example.com')
    .intercept({ path: /\/nodes\/n1$/ })
    .reply(200, { metadata: { name: 'n1' } });
  await using client = testClient('https://modelarts.example.com', { dispatcher: agent });
  const node = await client.send(showPoolNode, { path: { pool_name: 'p', node_name: 'n1' } });
  expect(node.name).toBe('n1');
  agent.assertNoPendingInterceptors();
  await agent.close();
});
