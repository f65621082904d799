import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createFrontDoor, NODE, TOKEN } from '#test/alerts/events/front-door';
import { conditionChange, deviceFault } from '#test/alerts/events/kubernetes-samples';

const BATCH = { 'content-type': 'application/cloudevents-batch+json' };
const LINES = { 'content-type': 'application/x-ndjson' };

const event = (data: Record<string, unknown>, more = {}) => ({
  specversion: '1.0',
  id: '7',
  source: '/watch',
  type: 'io.poolkeeper.alert.firing',
  data,
  ...more,
});

const hmac = (text: string) => createHmac('sha256', TOKEN).update(text).digest('hex');

function signed(body: string, nowMs: number): Record<string, string> {
  const time = String(Math.floor(nowMs / 1_000));
  return { 'x-poolkeeper-timestamp': time, 'x-poolkeeper-signature': hmac(`${time}:${body}`) };
}

describe('a copy of a signed request', () => {
  const body = JSON.stringify([event({ node: NODE }, { id: undefined }), event({ node: NODE })]);
  const lines = JSON.stringify({ ...conditionChange('True'), metadata: {} });

  test('with the same time leads to nothing, in any spelling of the signature', async () => {
    const front = createFrontDoor();
    const headers = signed(lines, front.bench.now());
    expect((await front.deliver('kubernetes', lines, headers)).body.remediations).toHaveLength(1);
    await front.deliver('kubernetes', { ...conditionChange('False'), metadata: {} });
    await front.bench.pass(120_000);
    const signature = `sha256=${headers['x-poolkeeper-signature']?.toUpperCase()}`;
    for (const more of [{}, { 'x-poolkeeper-signature': signature }]) {
      const copy = await front.deliver('kubernetes', lines, { ...headers, ...more });
      expect(copy.body).toEqual({
        remediations: [],
        ignored: [{ alert: '(delivery)', why: expect.stringContaining('was received before') }],
      });
    }
    expect(front.alerts()).toMatchObject([{ episodes: [{ closing: {} }] }]);
    expect(front.remediations()).toHaveLength(1);
  });

  test('with another time is a delivery of its own', async () => {
    const front = createFrontDoor();
    const headers = { ...BATCH, ...signed(body, front.bench.now()) };
    expect((await front.deliver('cloudevents', body, headers)).status).toBe(202);
    await front.bench.pass(2_000);
    const later = await front.deliver('cloudevents', body, { ...BATCH, ...signed(body, front.bench.now()) });
    expect(later.body.ignored).toContainEqual({
      alert: expect.not.stringContaining('(delivery)'),
      why: expect.stringContaining('it was received before'),
    });
  });

  test('without its time is refused', async () => {
    const front = createFrontDoor();
    const { 'x-poolkeeper-signature': signature = '' } = signed(lines, front.bench.now());
    const copy = await front.deliver('kubernetes', lines, { 'x-poolkeeper-signature': signature });
    expect(copy.status).toBe(401);
  });
});

test('a signature does not speak for attributes in headers, which anybody could change', async () => {
  const front = createFrontDoor();
  const body = JSON.stringify({ node: NODE });
  const attributes = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/watch' };
  for (const type of ['io.poolkeeper.alert.firing', 'io.poolkeeper.alert.resolved']) {
    const headers = { ...attributes, 'ce-type': type, ...signed(body, front.bench.now()) };
    expect(await front.deliver('cloudevents', body, headers)).toMatchObject({
      status: 401,
      body: { detail: expect.stringContaining('send a signed event as application/cloudevents+json') },
    });
  }
  expect(front.alerts()).toEqual([]);
  const structured = JSON.stringify(event({ node: NODE }));
  const headers = {
    'content-type': 'application/cloudevents+json',
    ...signed(structured, front.bench.now()),
  };
  expect((await front.deliver('cloudevents', structured, headers)).body.remediations).toHaveLength(1);
});

describe('JSON inside of a delivery is read as carefully as the delivery', () => {
  const twice = `{"status":"resolved","status":"firing","node":"${NODE}"}`;
  const deep = `{"status":"firing","node":"${NODE}","labels":{"a":${'['.repeat(40)}${']'.repeat(40)}}}`;
  const binary = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/watch', 'ce-type': 'x' };

  test.each([
    ['a key twice', twice, 'twice in one object'],
    ['too many levels', deep, 'nested more than 24 levels deep'],
  ])('the data of an event with %s', async (_name, data, why) => {
    const front = createFrontDoor();
    const encoded = event({}, { data: undefined, data_base64: Buffer.from(data).toString('base64') });
    for (const [body, headers] of [
      [data, binary],
      [JSON.stringify([encoded]), BATCH],
    ] as const)
      expect(await front.deliver('cloudevents', body, headers)).toMatchObject({
        status: 202,
        body: { remediations: [], ignored: [{ why: expect.stringContaining(why) }] },
      });
  });

  test('a message of SNS', async () => {
    const front = createFrontDoor();
    const message = { Records: [{ EventSource: 'aws:sns', Sns: { MessageId: 'm', Message: twice } }] };
    expect((await front.deliver('eventbridge', message)).body.ignored).toEqual([
      { alert: 'm', why: expect.stringContaining('twice in one object') },
    ]);
  });

  test('lines: a bad one harms no neighbour, and there are not too many of them', async () => {
    const good = JSON.stringify(deviceFault('Occur'));
    const { status, body } = await createFrontDoor().deliver(
      'kubernetes',
      [good, '{"involvedObject":{},"involvedObject":{}}', '[[', good.slice(0, 40)].join('\n'),
      LINES,
    );
    expect({ status, body }).toMatchObject({
      status: 202,
      body: { remediations: [{ node: NODE }], ignored: [{}, {}, {}] },
    });
    for (const odd of [Buffer.from([0x7b, 0xff, 0x7d]), '1\n'.repeat(20_001)])
      expect((await createFrontDoor().deliver('kubernetes', odd, LINES)).status).toBe(400);
    const charset = { 'content-type': 'application/x-ndjson; charset=utf-16' };
    expect((await createFrontDoor().deliver('kubernetes', good, charset)).status).toBe(415);
  });
});

const carried = (status: string, labels: object, annotations: object) =>
  event({ status, node: NODE, fingerprint: 'g1', labels, annotations }, { type: 'grafana.alert' });

describe('an alert of Grafana that a broker carries', () => {
  test.each([
    [{ alertname: 'DatasourceNoData' }, {}, 'no data'],
    [{ alertname: 'DatasourceError' }, {}, 'could not evaluate'],
    [{ alertname: 'CardLost' }, { grafana_state_reason: 'NoData' }, 'no data'],
    [{ alertname: 'CardLost', grafana_state_reason: 'Error' }, { grafana_state_reason: ' ' }, 'could not'],
  ])('without a fault opens nothing: %j %j', async (labels, annotations, why) => {
    const { body } = await createFrontDoor().deliver(
      'cloudevents',
      [carried('firing', labels, annotations)],
      BATCH,
    );
    expect(body).toMatchObject({ remediations: [], ignored: [{ why: expect.stringContaining(why) }] });
  });

  test('that its sender has lost sight of is not over', async () => {
    const front = createFrontDoor();
    await front.deliver('cloudevents', [carried('firing', {}, {})], BATCH);
    const over = carried('resolved', {}, { grafana_state_reason: 'MissingSeries' });
    await front.deliver('cloudevents', [{ ...over, id: '8' }], BATCH);
    expect(front.alerts()).toMatchObject([{ episodes: [{ closing: { lost: 'MissingSeries' } }] }]);
  });
});
