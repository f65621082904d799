import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '#test/runs';
import { createFrontDoor, NODE } from './front-door.ts';
import { conditionChange, deviceFault } from './kubernetes-samples.ts';

const accepted = { remediations: [{ rule: 'kubernetes', node: NODE }], ignored: [] };
const send = (body: unknown, headers = {}) => createFrontDoor().deliver('kubernetes', body, headers);

/** The alert that an event becomes, as the journal has it. */
async function journaled(body: unknown) {
  const front = createFrontDoor();
  await front.deliver('kubernetes', body);
  return (await front.events({ node: NODE }))[0]?.alerts[0];
}

/** How many episodes a later event closes, of one that a fault has opened. */
const closed = async (recovery: Record<string, unknown>) => {
  const front = createFrontDoor();
  await front.deliver('kubernetes', deviceFault('Occur'));
  await front.bench.pass(120_000);
  await front.deliver('kubernetes', { ...recovery, eventTime: '2026-11-20T10:01:00.000000Z' });
  return front.alerts().filter(({ episodes }) => episodes[0]?.closing).length;
};

describe('a fault of the Ascend device plugin', () => {
  test('that occurs leads to a reset of the node in its message, not of its pod', async () => {
    expect(await send(deviceFault('Occur'))).toMatchObject({ status: 202, body: accepted });
    expect(await journaled(deviceFault('Occur'))).toMatchObject({
      status: 'firing',
      startsAt: '2026-11-20T09:59:00.000Z',
      named: [NODE],
      labels: {
        alertname: 'ascend-device-fault',
        node: NODE,
        assertion: 'Occur',
        card_id: '2',
        device_id: '0',
        fault_code: '8C084E00',
        fault_level: 'RestartBusiness',
        cluster: 'train-a',
      },
    });
  });

  test('that has recovered closes its episode; that of another card, code, node or cluster does not', async () => {
    const recovery = deviceFault('Recovery');
    const other = (from: string, to: string) => ({
      ...recovery,
      message: recovery['message'].replace(from, to),
    });
    expect(await closed(recovery)).toBe(1);
    expect(await closed(other('faultLevelName:RestartBusiness', 'faultLevelName:NotHandleFault'))).toBe(1);
    expect(await closed(other('cardID:2', 'cardID:3'))).toBe(0);
    expect(await closed(other('8C084E00', '8C084E01'))).toBe(0);
    expect(await closed({ ...recovery, clusterName: 'train-b' })).toBe(0);
  });

  test('that is a Notice leads to nothing, and is found by its node', async () => {
    const front = createFrontDoor();
    expect(await front.deliver('kubernetes', deviceFault('Notice'))).toMatchObject({
      status: 202,
      body: {
        remediations: [],
        ignored: [{ why: expect.stringContaining('a Notice reports something that happened once') }],
      },
    });
    expect(await front.events({ node: NODE })).toMatchObject([
      { alerts: [{ status: 'other', labels: { fault_code: '8C084E00' } }] },
    ]);
  });

  const { message } = deviceFault('Occur') as { message: string };
  test.each<[string, object, string]>([
    ['no node', { message: message.replace(`nodeName:${NODE}`, 'nodeName:') }, 'it names no node'],
    ['its node twice', { message: `${message}, nodeName:other` }, 'it names no node'],
    ['another host', { source: { host: 'other' } }, 'nodeName is not other, the host of the event'],
    [
      'an unknown assertion',
      { message: message.replace('assertion:Occur', 'assertion:Maybe'), reason: 'x' },
      'assertion must be one of',
    ],
    ['another reason', { reason: 'Recovery' }, 'assertion is not Recovery, the reason of the event'],
    ['no code', { message: message.replace('8C084E00', '') }, 'it has no fault code'],
    ['a code that is none', { message: message.replace('8C084E00', 'unknown') }, 'it has no fault code'],
    ['no card', { message: message.replace('cardID:2, ', '') }, 'it names no card'],
    ['no level', { message: message.replace('RestartBusiness', '') }, 'it has no fault level'],
    ['no fields', { message: 'device fault' }, 'it names no node'],
  ])('with %s is not read', async (_, more, why) => {
    const { body } = await send(deviceFault('Occur', { ...more }));
    expect(body).toMatchObject({ remediations: [], ignored: [{ why: expect.stringContaining(why) }] });
  });
});

describe('a condition of a node', () => {
  test.each([
    'Node condition NT_NPU_CARD_LOSE is now: True, reason: CardLose',
    'Node condition NT_NPU_CARD_LOSE is now: True, reason: CardLose, message: "7 of 8, it says"',
    'Node condition NT_NPU_CARD_LOSE is now: True, reason: CardLose, msg: 7 of 8 cards',
  ])('that became true fires, as each version words it: %s', async (message) => {
    expect(await send(conditionChange('True', { message }))).toMatchObject({ body: accepted });
    expect(await journaled(conditionChange('True', { message }))).toMatchObject({
      startsAt: '2026-11-20T09:59:00.000Z',
      labels: {
        alertname: 'NT_NPU_CARD_LOSE',
        condition: 'NT_NPU_CARD_LOSE',
        status: 'True',
        reason: 'CardLose',
      },
    });
  });

  test('that became false closes the episode', async () => {
    const front = createFrontDoor();
    await front.deliver('kubernetes', conditionChange('True'));
    await front.bench.pass(120_000);
    await front.deliver('kubernetes', conditionChange('False', { lastTimestamp: '2026-11-20T10:01:00Z' }));
    expect(front.alerts()).toMatchObject([
      { episodes: [{ closing: { endsAtMs: Date.parse('2026-11-20T10:01:00Z') } }] },
    ]);
  });

  test.each<[object, string]>([
    [conditionChange('Unknown'), 'the condition is Unknown'],
    [
      conditionChange('True', { message: 'Node condition Ready is now: True, reason: KubeletReady' }),
      'Ready names no problem',
    ],
    [conditionChange('True', { involvedObject: { kind: 'Pod', name: 'p' } }), 'involvedObject is no node'],
    [conditionChange('True', { involvedObject: { kind: 'Node' } }), 'involvedObject is no node'],
    [conditionChange('True', { message: 'Node condition NT is lost' }), 'its message cannot be read'],
    [
      conditionChange('True', { message: 'Task hung', reason: 'TaskHung' }),
      'no fault of the Ascend device plugin',
    ],
    [conditionChange('True', { message: null }), 'no fault of the Ascend device plugin'],
  ])('that says neither leads to nothing: %#', async (event, why) => {
    const { status, body } = await send(event);
    expect(status).toBe(202);
    expect(body).toMatchObject({ remediations: [], ignored: [{ why: expect.stringContaining(why) }] });
  });
});

/** The same event as events.k8s.io/v1 has it. */
const later = (event: Record<string, any>) => ({
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: event['metadata'],
  regarding: event['involvedObject'],
  note: event['message'],
  reason: event['reason'],
  type: event['type'],
  eventTime: event['eventTime'],
  deprecatedSource: event['source'],
  deprecatedLastTimestamp: event['lastTimestamp'],
  reportingController: 'x',
});

describe('a delivery', () => {
  test.each([
    ['a list', [conditionChange('True')]],
    ['a list of Kubernetes', { kind: 'EventList', items: [conditionChange('True')] }],
    ['a watched event', { type: 'ADDED', object: conditionChange('True') }],
    ['an event of events.k8s.io', later(conditionChange('True'))],
    ['a fault in events.k8s.io', later(deviceFault('Occur'))],
  ])('may be %s', async (_, body) => {
    expect(await send(body)).toMatchObject({ status: 202, body: accepted });
  });

  test('may have an event in each line', async () => {
    const lines = [
      conditionChange('True'),
      { reason: 'Pulled', involvedObject: { kind: 'Pod', name: 'p' }, message: 'Pulled' },
    ];
    const body = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
    const answer = await send(body, { 'content-type': 'application/x-ndjson' });
    expect(answer).toMatchObject({
      status: 202,
      body: { remediations: [{ node: NODE }], ignored: [{ alert: 'events[1]' }] },
    });
  });

  test('with one odd event harms no neighbour', async () => {
    const { body } = await send([
      7,
      null,
      { message: 'x' },
      conditionChange('True'),
      { type: 'DELETED', object: conditionChange('True') },
    ]);
    expect(body.remediations).toHaveLength(1);
    expect(body.ignored.map(({ alert }: any) => alert)).toEqual([
      'events[0]',
      'events[1]',
      'events[2]',
      'events[4]',
    ]);
  });

  test('that repeats old events after a restart of the exporter reopens no episode', async () => {
    for (const anonymous of [false, true]) {
      const front = createFrontDoor();
      const strip = (event: Record<string, any>) => (anonymous ? { ...event, metadata: {} } : event);
      const [occur, recovery] = [
        strip(deviceFault('Occur')),
        strip(deviceFault('Recovery', { eventTime: '2026-11-20T10:00:30.000000Z' })),
      ];
      await front.deliver('kubernetes', occur);
      await front.bench.pass(60_000);
      await front.deliver('kubernetes', recovery);
      await front.bench.pass(20 * 60_000);
      const { body } = await front.deliver('kubernetes', [occur, recovery]);
      expect(body).toMatchObject({
        remediations: [],
        ignored: [{ why: expect.stringContaining('received before') }, {}],
      });
      expect(front.alerts()).toMatchObject([{ episodes: [{ opening: 0, closing: {} }] }]);
    }
  });

  test('without times is taken as it comes: what fires after its end is news', async () => {
    const front = createFrontDoor();
    const times = { metadata: {}, eventTime: null, lastTimestamp: null, firstTimestamp: null };
    await front.deliver('kubernetes', conditionChange('True', times));
    await front.deliver('kubernetes', conditionChange('False', times));
    await front.bench.pass(10 * 60_000);
    await front.deliver('kubernetes', conditionChange('True', times));
    expect(front.alerts()).toMatchObject([{ episodes: [{ opening: 1 }] }]);
  });

  test('without a good token is refused', async () => {
    const front = createFrontDoor();
    expect((await front.deliver('kubernetes', deviceFault('Occur'), {}, 'wrong')).status).toBe(401);
  });
});

test('an event of Kubernetes may be the data of a CloudEvent; its origin tells clusters apart', async () => {
  const front = createFrontDoor();
  const carry = (source: string, data: unknown) =>
    front.deliver(
      'cloudevents',
      { specversion: '1.0', id: '1', source, type: 'dev.knative.apiserver.resource.add', data },
      { 'content-type': 'application/cloudevents+json' },
    );
  expect(await carry('https://10.96.0.1:443', conditionChange('True'))).toMatchObject({
    status: 202,
    body: { remediations: [{ rule: 'cloudevents', node: NODE }] },
  });
  await carry('https://10.97.0.1:443', conditionChange('True'));
  expect(front.alerts()).toHaveLength(2);
});

test('no event makes the door fail, and none names a node that is not in it', async () => {
  const value = fc.oneof(
    fc.constantFrom(null, '', NODE, 'Occur', 'Recovery', 'True', 7, {}, [], '__proto__'),
    fc.jsonValue({ maxDepth: 2 }),
    fc.string().map((text) => `device fault, ${text}`),
    fc.string().map((text) => `Node condition ${text} is now: True, reason: x`),
  );
  const base = fc.constantFrom(
    deviceFault('Occur'),
    deviceFault('Recovery'),
    conditionChange('True'),
    conditionChange('False'),
  );
  const change = fc.dictionary(
    fc.constantFrom(...Object.keys(deviceFault('Occur')), 'kind', '__proto__'),
    value,
    { maxKeys: 3 },
  );
  const sent = fc.tuple(base, change).map(([event, more]) => ({ ...event, ...more }));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(sent, value), { maxLength: 3 }), async (events) => {
      const answer = await createFrontDoor().deliver('kubernetes', events);
      expect(answer.status).toBe(202);
      for (const { node } of answer.body.remediations) expect(JSON.stringify(events)).toContain(node);
    }),
    { numRuns: runs(150) },
  );
});
