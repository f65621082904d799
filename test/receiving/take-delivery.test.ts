import { expect, test } from 'vitest';
import { routes } from '#functions/receive-alert';
import { toCaller } from '#lib/callers';
import { createDoor } from '#lib/handler/door';
import type { HttpRequest } from '#lib/handler/on-http';
import { EventsQuery, listEvents } from '#lib/journal/list-events';
import { createBench } from '#test/remediation/bench';

const TOKEN = 'a-good-token-of-thirty-two-chars-or-more';
const NOTHING = JSON.stringify({ version: '4', alerts: [] });

const get = () => Promise.resolve({ kind: 'refused' as const, why: 'there is no SMN' });
const noSmn = { get, certificates: { at: get } };

function createFrontDoor() {
  const bench = createBench();
  const services = {
    ...bench.services,
    smn: noSmn,
    door: createDoor([toCaller(`am-1:${TOKEN}`, 'webhook')!], bench.services.clock),
  };
  return {
    bench,
    deliver: async ({
      token = TOKEN,
      source = 'alertmanager',
      body = NOTHING,
      route = 'POST /alerts/{source}',
      headers = {},
    } = {}) => {
      const request: HttpRequest = {
        path: { source },
        query: {},
        headers: { authorization: `Bearer ${token}`, ...headers },
        body: Buffer.from(body),
        from: '192.0.2.7',
      };
      try {
        const answer = await routes[route]!(request, services, bench.invocation());
        return { status: answer.status, body: answer.body };
      } catch (error: any) {
        return { status: error.status, body: error.toBody() };
      }
    },
    events: async () => (await listEvents(bench.store, EventsQuery.parse({}), bench.now())).events,
  };
}

test('a delivery without a valid token is in the journal, without its content and the name of a sender', async () => {
  const front = createFrontDoor();
  expect((await front.deliver({ token: 'wrong-wrong-wrong-wrong-wrong-wrong' })).status).toBe(401);
  expect(await front.events()).toEqual([
    expect.objectContaining({
      source: 'alertmanager',
      status: 401,
      bytes: NOTHING.length,
      why: 'The bearer token is not valid for this route: check that the sender has the right, current token',
      alerts: [],
    }),
  ]);
  expect((await front.events())[0]).not.toHaveProperty('sender');
});

test('of a flood of them the journal has a few, and each delivery of a known sender', async () => {
  const front = createFrontDoor();
  for (let index = 0; index < 60; index += 1) await front.deliver({ token: `wrong-${index}` });
  expect(await front.events()).toHaveLength(10);
  expect((await front.deliver()).status).toBe(202);
  expect((await front.deliver({ body: 'not json' })).status).toBe(400);
  expect((await front.events()).filter(({ sender }) => sender === 'am-1')).toHaveLength(2);
});

test('an unknown source is refused alike with and without a valid token', async () => {
  const front = createFrontDoor();
  for (const source of [
    'pigeon',
    'constructor',
    '__proto__',
    '',
    '../commands',
    '..',
    'Alertmanager',
    'alertmanager\u0000',
  ]) {
    const answers = [await front.deliver({ source }), await front.deliver({ source, token: 'wrong' })];
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ status: 404, body: { title: 'Not Found' } });
  }
  expect(await front.events()).toEqual([]);
});

test.each(['v1', 'v2'])(
  'the path of the API of an Alertmanager, %s, takes a list of alerts and answers 200',
  async (version) => {
    const front = createFrontDoor();
    const route = `POST /alerts/alertmanager/api/${version}/alerts`;
    const body = JSON.stringify([{ labels: { alertname: 'Noise', instance: 'node-1' } }]);
    expect((await front.deliver({ route, body, token: 'wrong-wrong-wrong-wrong-wrong-wrong' })).status).toBe(
      401,
    );
    expect(await front.deliver({ route, body })).toMatchObject({
      status: 200,
      body: { remediations: [], ignored: [{ why: 'no rule matches it' }] },
    });
    expect(await front.events()).toContainEqual(
      expect.objectContaining({
        source: 'alertmanager',
        sender: 'am-1',
        alerts: [expect.objectContaining({ status: 'firing', named: ['node-1'] })],
      }),
    );
    expect(await front.deliver({ route, body: '{}' })).toMatchObject({ status: 400 });
  },
);

test('a compressed delivery is in the journal with the reason', async () => {
  const front = createFrontDoor();
  const answer = await front.deliver({ headers: { 'content-encoding': 'gzip' }, body: '\u001f' });
  expect(answer).toMatchObject({ status: 415, body: { title: 'Unsupported Media Type' } });
  expect(await front.events()).toMatchObject([
    { status: 415, sender: 'am-1', why: 'The body has the encoding "gzip": send it uncompressed' },
  ]);
});
