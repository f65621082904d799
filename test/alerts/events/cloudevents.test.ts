import { CloudEvent, HTTP } from 'cloudevents';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '#test/runs';
import { createFrontDoor, NODE } from './front-door.ts';

const STRUCTURED = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
const BATCH = { 'content-type': 'application/cloudevents-batch+json' };
const data = { status: 'firing', node: NODE, labels: { alertname: 'NpuLost' }, severity: 'critical' };
const event = {
  specversion: '1.0',
  id: 'A234-1234-1234',
  source: '/mycontext/train-a',
  type: 'io.poolkeeper.alert.firing',
  time: '2026-11-20T09:59:00Z',
  data,
};
const without = (name: string, of: object = event) =>
  Object.fromEntries(Object.entries(of).filter(([key]) => key !== name));

const one = (more: object = {}) =>
  createFrontDoor().deliver('cloudevents', { ...event, ...more }, STRUCTURED);
const accepted = { remediations: [{ rule: 'cloudevents', node: NODE }], ignored: [] };

describe('an event in structured mode', () => {
  test('leads to the remediation of its rule, and its attributes are labels', async () => {
    const front = createFrontDoor();
    const answer = await front.deliver('cloudevents', { ...event, subject: 'node/1' }, STRUCTURED);
    expect(answer).toMatchObject({ status: 202, body: accepted });
    expect(await front.events({ node: NODE })).toMatchObject([
      {
        source: 'cloudevents',
        sender: 'producer',
        alerts: [
          {
            status: 'firing',
            rule: 'cloudevents',
            labels: {
              alertname: 'NpuLost',
              node: NODE,
              ce_source: event.source,
              ce_type: event.type,
              ce_subject: 'node/1',
            },
          },
        ],
      },
    ]);
  });

  test('may have its data in Base64, an extension, and null for what it does not have', async () => {
    const encoded = Buffer.from(JSON.stringify(data)).toString('base64');
    const more = { data_base64: encoded, subject: null, comexampleextension: 3, traceparent: '00-x-01' };
    const front = createFrontDoor();
    const answer = await front.deliver('cloudevents', { ...without('data'), ...more }, STRUCTURED);
    expect(answer).toMatchObject({ status: 202, body: accepted });
  });

  test.each<[object, string, string]>([
    [without('id'), 'id', 'is mandatory'],
    [without('source'), 'source', 'is mandatory'],
    [without('type'), 'type', 'is mandatory'],
    [without('specversion'), 'specversion', 'must be "1.0"'],
    [{ ...event, id: '' }, 'id', 'must not be empty'],
    [{ ...event, id: 7 }, 'id', 'must be a text'],
    [{ ...event, id: null }, 'id', 'is mandatory'],
    [{ ...event, source: 'not a uri' }, 'source', 'must be a URI reference'],
    [{ ...event, source: '' }, 'source', 'must not be empty'],
    [{ ...event, specversion: '0.3' }, 'specversion', 'must be "1.0"'],
    [{ ...event, specversion: 1 }, 'specversion', 'must be "1.0"'],
    [{ ...event, type: '' }, 'type', 'must not be empty'],
    [{ ...event, subject: '' }, 'subject', 'must not be empty'],
    [{ ...event, dataschema: '/relative' }, 'dataschema', 'must be an absolute URI'],
    [{ ...event, datacontenttype: 'json' }, 'datacontenttype', 'must be a media type'],
    [{ ...event, time: 'yesterday' }, 'time', 'must be a time such as'],
    [{ ...event, time: '2026-11-20T10:00:00' }, 'time', 'must be a time such as'],
    [{ ...event, Extension: 'x' }, 'Extension', 'only lower-case letters and digits'],
    [{ ...event, my_extension: 'x' }, 'my_extension', 'only lower-case letters and digits'],
    [{ ...event, extension: { a: 1 } }, 'extension', 'an attribute has no structure'],
    [{ ...event, extension: 1.5 }, 'extension', 'an attribute has no structure'],
    [{ ...event, data_base64: 'e30=' }, 'data_base64', 'must not be there beside data'],
    [{ ...without('data'), data_base64: '{}' }, 'data_base64', 'must be a text in Base64'],
    [{ ...without('data'), data_base64: 7 }, 'data_base64', 'must be a text in Base64'],
  ])('%j is refused, and the answer names %s', async (sent, field, message) => {
    const front = createFrontDoor();
    const { status, body } = await front.deliver('cloudevents', sent, STRUCTURED);
    expect(status).toBe(400);
    expect(body.errors[0]).toEqual({ field, message: expect.stringContaining(message) });
    expect(new Set(body.errors.map((error: any) => error.field))).toEqual(new Set([field]));
    expect(await front.events()).toMatchObject([{ status: 400, sender: 'producer' }]);
    expect(front.remediations()).toEqual([]);
  });

  test.each([
    [null, '(event)'],
    [[event], '(event)'],
    ['text', '(event)'],
    [{ ...event, data: JSON.parse(`${'['.repeat(80)}${']'.repeat(80)}`) }, '(event)'],
  ])('that is no event at all is refused: %#', async (sent, field) => {
    const { status, body } = await createFrontDoor().deliver(
      'cloudevents',
      sent === 'text' ? '"text"' : sent,
      STRUCTURED,
    );
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ field }]);
  });

  test('without a good token is refused before it is read', async () => {
    const front = createFrontDoor();
    expect((await front.deliver('cloudevents', event, STRUCTURED, 'wrong')).status).toBe(401);
    expect(front.remediations()).toEqual([]);
  });
});

describe('a request that has no event', () => {
  test.each([
    [{ 'content-type': 'application/json' }, 400, 'The request is no CloudEvent. Send one event as'],
    [{}, 400, 'The request is no CloudEvent'],
    [
      { 'content-type': 'application/cloudevents+protobuf' },
      415,
      'The event format application/cloudevents+protobuf is not read',
    ],
    [{ 'content-type': 'application/cloudevents' }, 415, 'is not read'],
    [{ 'content-type': 'application/cloudevents-batch+avro' }, 415, 'is not read'],
  ])('%j gets an answer that names the modes', async (headers, status, detail) => {
    const answer = await createFrontDoor().deliver('cloudevents', event, headers);
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toContain(detail);
    expect(answer.body.detail).toContain('application/cloudevents-batch+json');
  });
});

describe('an event in binary mode', () => {
  const headers = {
    'ce-specversion': '1.0',
    'ce-id': 'b-1',
    'ce-source': '/mycontext/train-a',
    'ce-type': 'io.poolkeeper.alert.firing',
    'content-type': 'application/json',
  };
  const send = (more: object = {}, body: unknown = data) =>
    createFrontDoor().deliver('cloudevents', body, { ...headers, ...more });

  test('leads to the same as in structured mode', async () => {
    expect(await send()).toMatchObject({ status: 202, body: accepted });
  });

  test.each([
    ['Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
    ['plain', 'plain'],
    ['%25', '%'],
    ['"a quoted \\"text\\" with %E2%82%AC"', 'a quoted "text" with €'],
  ])('has its attributes percent-decoded once: %s', async (sent, decoded) => {
    const front = createFrontDoor();
    await front.deliver('cloudevents', data, { ...headers, 'ce-subject': sent });
    expect((await front.events())[0]?.alerts[0]?.labels).toMatchObject({ ce_subject: decoded });
  });

  test.each([
    [{ 'ce-subject': '100%' }, 'ce-subject', 'is not percent-encoded UTF-8'],
    [{ 'ce-subject': '%C3%28' }, 'ce-subject', 'is not percent-encoded UTF-8'],
    [{ 'ce-id': '' }, 'ce-id', 'must not be empty'],
    [{ 'ce-specversion': '0.3' }, 'ce-specversion', 'must be "1.0"'],
    [{ 'ce-time': 'now' }, 'ce-time', 'must be a time'],
    [{ 'ce-odd_name': 'x' }, 'ce-odd_name', 'only lower-case letters and digits'],
    [{ 'content-type': 'nonsense' }, 'content-type', 'must be a media type'],
  ])('%j is refused, and the answer names %s', async (more, field, message) => {
    const { status, body } = await send(more);
    expect(status).toBe(400);
    expect(body.errors[0]).toEqual({ field, message: expect.stringContaining(message) });
    expect(new Set(body.errors.map((error: any) => error.field))).toEqual(new Set([field]));
  });

  test.each([
    [{}, 'not json', 'its data is not JSON: '],
    [{}, Buffer.from([0x22, 0xff, 0x22]), 'its data is not UTF-8 text'],
    [{ 'content-type': 'text/plain' }, 'a card is lost', 'its data is text/plain: only JSON is read'],
    [{}, '', 'its data must be an object'],
    [{}, '[]', 'its data must be an object'],
  ])('whose data is no alert is listed as ignored: %#', async (more, body, why) => {
    expect(await send(more, body)).toMatchObject({
      status: 202,
      body: { remediations: [], ignored: [{ alert: 'b-1', why: expect.stringContaining(why) }] },
    });
  });

  test('of the official SDK is understood, as in its other modes', async () => {
    for (const write of [HTTP.binary, HTTP.structured]) {
      const sent = new CloudEvent({
        type: 'com.example.npu.lost',
        source: 'https://npu-watch.example.com/train-a',
        subject: 'Größe',
        data,
      });
      const { headers: written, body } = write(sent);
      const lower = Object.fromEntries(
        Object.entries(written).map(([name, value]) => [name.toLowerCase(), String(value)]),
      );
      const front = createFrontDoor();
      expect(await front.deliver('cloudevents', String(body), lower)).toMatchObject({
        status: 202,
        body: accepted,
      });
    }
  });
});

describe('a batch', () => {
  test('has its good events accepted, and each bad one listed with its wrong attributes', async () => {
    const front = createFrontDoor();
    const second = { ...event, id: 'second', data: { ...data, node: 'os-node-created-00002' } };
    const { status, body } = await front.deliver(
      'cloudevents',
      [
        event,
        without('source', { ...event, id: 'third' }),
        7,
        second,
        { ...event, id: 'fifth', data: { status: 'red' } },
      ],
      BATCH,
    );
    expect(status).toBe(202);
    expect(body.remediations.map(({ node }: any) => node).sort()).toEqual([NODE, 'os-node-created-00002']);
    expect(body.ignored).toEqual([
      { alert: 'third', why: 'it is no CloudEvent of version 1.0: source: is mandatory' },
      { alert: 'events[2]', why: 'it is no CloudEvent of version 1.0: (event): must be an object' },
      { alert: 'fifth', why: expect.stringContaining('status: must be "firing" or "resolved"') },
    ]);
    const [delivery] = await front.events();
    expect(delivery?.alerts.map(({ status: of }) => of)).toEqual(
      expect.arrayContaining(['unreadable', 'unreadable', 'unreadable', 'firing', 'firing']),
    );
  });

  test('without events is accepted, and anything but a list is refused', async () => {
    const front = createFrontDoor();
    expect(await front.deliver('cloudevents', [], BATCH)).toMatchObject({ status: 202 });
    expect(await front.deliver('cloudevents', event, BATCH)).toMatchObject({ status: 400 });
  });
});

describe('an event that comes again', () => {
  test('by itself has the same answer, and nothing is done for it', async () => {
    const front = createFrontDoor();
    const first = await front.deliver('cloudevents', event, STRUCTURED);
    await front.deliver(
      'cloudevents',
      { ...event, id: 'end', type: 'io.poolkeeper.alert.resolved', data: without('status', data) },
      STRUCTURED,
    );
    await front.bench.pass(30 * 60_000);
    const before = JSON.stringify(front.bench.store.documents());
    expect(await front.deliver('cloudevents', event, STRUCTURED)).toEqual(first);
    expect(JSON.stringify(front.bench.store.documents())).toBe(before);
  });

  test.each(['in a batch', 'by itself first', 'twice in one batch'])('is a copy: %s', async (how) => {
    const front = createFrontDoor();
    if (how === 'by itself first') await front.deliver('cloudevents', event, STRUCTURED);
    if (how === 'in a batch') await front.deliver('cloudevents', [event], BATCH);
    if (how !== 'twice in one batch') {
      const end = {
        ...event,
        id: 'end',
        type: 'io.poolkeeper.alert.resolved',
        data: without('status', data),
      };
      await front.deliver('cloudevents', [end], BATCH);
      await front.bench.pass(30 * 60_000);
    }
    const { body } = await front.deliver(
      'cloudevents',
      how === 'twice in one batch' ? [event, event] : [event],
      BATCH,
    );
    expect(body.ignored).toEqual([
      { alert: expect.any(String), why: 'it was received before: nothing is done for it again' },
    ]);
    expect(front.alerts()).toHaveLength(1);
    expect(front.alerts()[0].episodes).toMatchObject([{ opening: 0 }]);
  });

  test('with another source is another event', async () => {
    const front = createFrontDoor();
    await front.deliver('cloudevents', event, STRUCTURED);
    await front.deliver('cloudevents', { ...event, source: '/other' }, STRUCTURED);
    expect(front.alerts()).toHaveLength(2);
  });

  test('after an error is heard: it is remembered only when all of it is stored', async () => {
    const front = createFrontDoor();
    const { store } = front.services;
    const put = store.put;
    store.put = () => Promise.reject(new Error('the table is away'));
    expect((await front.deliver('cloudevents', [event], BATCH)).status).toBe(503);
    store.put = put;
    expect(await front.deliver('cloudevents', [event], BATCH)).toMatchObject({ body: accepted });
  });
});

describe('the data of an alert', () => {
  test.each<[string, object, string]>([
    [
      'a status that its type denies',
      { status: 'resolved' },
      'status: is resolved, and the type of the event says firing',
    ],
    [
      'a node beside another in its labels',
      { labels: { node: 'other' } },
      'labels.node: is not the node beside it',
    ],
    [
      'a pool beside another in its labels',
      { pool: 'a', labels: { pool: 'b' } },
      'labels.pool: is not the pool beside it',
    ],
    ['a label with structure', { labels: { a: {} } }, 'labels.a: '],
    ['a beginning that is no time', { startsAt: 'now' }, 'startsAt: must be a time'],
    ['a number as its node', { node: 7 }, 'node: must be a text'],
    ['a long fingerprint', { fingerprint: '€'.repeat(70) }, 'fingerprint: must have at most 200 bytes'],
  ])('with %s is not read', async (_, more, why) => {
    expect(await one({ data: { ...data, ...more } })).toMatchObject({
      status: 202,
      body: { remediations: [], ignored: [{ alert: event.id, why: expect.stringContaining(why) }] },
    });
  });

  test('that names no key of its alert is not read', async () => {
    const { body } = await one({ data: { status: 'firing' } });
    expect(body.ignored[0].why).toContain(
      'fingerprint: must be there where there are neither labels nor a node',
    );
  });

  test('of an unknown type needs a status, and the type is its event', async () => {
    const front = createFrontDoor();
    const foreign = { ...event, type: 'com.github.push', data: { commits: [] } };
    expect(await front.deliver('cloudevents', foreign, STRUCTURED)).toMatchObject({
      status: 202,
      body: {
        remediations: [],
        ignored: [{ why: expect.stringContaining('is no alert: its data has no status') }],
      },
    });
    expect((await front.events())[0]?.alerts).toMatchObject([{ status: 'other' }]);
    expect(front.bench.logs.join('')).not.toContain('alerts lead to nothing though they should');
    const typed = { ...event, id: 'typed', type: 'com.example.npu.lost' };
    expect(await front.deliver('cloudevents', typed, STRUCTURED)).toMatchObject({ body: accepted });
  });

  test('that an alert resolved closes the episode, found by the same labels or by its fingerprint', async () => {
    for (const identity of [{}, { fingerprint: 'mine' }]) {
      const front = createFrontDoor();
      await front.deliver('cloudevents', { ...event, data: { ...data, ...identity } }, STRUCTURED);
      await front.bench.pass(120_000);
      const end = { ...event, id: 'end', type: 'io.poolkeeper.alert.resolved', time: '2026-11-20T10:01:00Z' };
      const ended = 'fingerprint' in identity ? identity : { ...without('status', data) };
      await front.deliver('cloudevents', { ...end, data: ended }, STRUCTURED);
      expect(front.alerts()).toMatchObject([
        { episodes: [{ closing: { endsAtMs: Date.parse('2026-11-20T10:01:00Z') } }] },
      ]);
    }
  });

  test('that fires again without a beginning of its own is the same episode, and with another one another', async () => {
    const front = createFrontDoor();
    const idOf = async (id: string, more: object = {}) =>
      (await front.deliver('cloudevents', { ...event, id, data: { ...data, ...more } }, STRUCTURED)).body
        .remediations[0].id;
    const first = await idOf('1');
    await front.bench.pass(300_000);
    expect(await idOf('2')).toBe(first);
    expect(await idOf('3', { startsAt: '2026-11-20T10:04:00Z' })).not.toBe(first);
  });
});

test('no event makes the door fail, and none without a node leads to a call', async () => {
  const value = fc.oneof(
    fc.constantFrom(
      null,
      '',
      'firing',
      'resolved',
      NODE,
      '__proto__',
      '1.0',
      'x/y',
      '2026-11-20T10:00:00Z',
      {},
      [],
    ),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const names = [
    ...Object.keys(event),
    'data_base64',
    'datacontenttype',
    'subject',
    '__proto__',
    'constructor',
    'Odd name',
  ];
  const change = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 3 });
  const inner = fc.dictionary(
    fc.constantFrom(
      'status',
      'node',
      'labels',
      'fingerprint',
      'startsAt',
      'endsAt',
      'annotations',
      'pool',
      '__proto__',
    ),
    value,
    { maxKeys: 4 },
  );
  const sent = fc.tuple(change, inner).map(([more, less]) => ({ ...event, data: { ...less }, ...more }));
  await fc.assert(
    fc.asyncProperty(fc.array(sent, { minLength: 1, maxLength: 4 }), fc.boolean(), async (batch, isBatch) => {
      const front = createFrontDoor();
      const answer = await front.deliver(
        'cloudevents',
        isBatch ? batch : batch[0],
        isBatch ? BATCH : STRUCTURED,
      );
      expect([202, 400]).toContain(answer.status);
      for (const { node } of answer.body.remediations ?? []) expect(JSON.stringify(batch)).toContain(node);
    }),
    { numRuns: runs(150) },
  );
});
