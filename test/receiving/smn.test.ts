import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { issueCertificate } from '#local/smn/certificate';
import { signMessage } from '#local/smn/sign-message';
import { runs } from '#test/runs';
import { aomAlarm, cloudEyeAlarm, cloudEyeEvent, cloudEyeOk, TOPIC } from '#test/smn/samples';
import { CERTIFICATE_URL, CONFIRM_URL, createSmnDoor } from './smn-bench.ts';

const text = (json: unknown) => JSON.stringify(json);

describe('a notification', () => {
  test('with an event of Cloud Eye leads to the remediation that its rule asks for', async () => {
    const front = createSmnDoor();
    const answer = await front.deliver(front.message({ message: text(cloudEyeEvent) }));
    expect(answer).toMatchObject({
      status: 202,
      body: { remediations: [{ rule: 'card-lost', node: '10.0.0.7' }], ignored: [] },
    });
    expect(await front.events()).toMatchObject([
      {
        source: 'smn',
        sender: TOPIC,
        status: 202,
        alerts: [{ status: 'firing', rule: 'card-lost', labels: { service: 'cloud-eye', level: 'Major' } }],
      },
    ]);
  });

  test('that an alarm is over closes the episode of its alert', async () => {
    const front = createSmnDoor();
    const fired = await front.deliver(front.message());
    expect(fired.body.remediations).toMatchObject([{ rule: 'hot', node: '192.168.1.130' }]);
    await front.bench.pass(120_000);
    const over = await front.deliver(front.message({ message: text(cloudEyeOk) }));
    expect(over).toMatchObject({ status: 202, body: { remediations: [] } });
    const known: any[] = front.bench.store
      .documents()
      .filter(({ pk }) => pk.startsWith('alert#smn#'))
      .map(({ value }) => value);
    expect(known).toMatchObject([{ episodes: [{ closing: { endsAtMs: cloudEyeOk.time } }] }]);
  });

  test('that repeats an alarm with a new time speaks for the same remediation, and after its end for another', async () => {
    const front = createSmnDoor();
    const idOf = async (alarm: object) =>
      (await front.deliver(front.message({ message: text(alarm) }))).body.remediations[0]?.id;
    const first = await idOf(cloudEyeAlarm);
    await front.bench.pass(300_000);
    expect(await idOf({ ...cloudEyeAlarm, time: cloudEyeAlarm.time + 300_000 })).toBe(first);
    await idOf(cloudEyeOk);
    await front.bench.pass(300_000);
    expect(await idOf({ ...cloudEyeAlarm, time: cloudEyeAlarm.time + 900_000 })).not.toBe(first);
  });

  test.each([
    ['[Critical Alarm] CPU usage of ecs-alarms is high', 'is not JSON, as if a message template had made it'],
    ['<html><body>alarm</body></html>', 'is not JSON'],
    ['', 'is not JSON'],
    ['"alarm"', 'is JSON, but no object'],
    ['[]', 'is a list without an alarm'],
    ['[7]', 'is JSON, but no object'],
    ['null', 'is JSON, but no object'],
    ['{"hello":"world"}', 'is none of the known alarms'],
    ['{"alarm_status":"unknown"}', 'alarm_status: must be "alarm" or "ok"'],
    ['{"data":{"IsAlarm":"yes"}}', 'IsAlarm: must be true or false'],
    ['{"metadata":{}}', 'event_name: must be there'],
    [
      text({ alarm_status: 'alarm', x: JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) }),
      'nested more than',
    ],
  ])('whose text is %s is written down, and refused with a hint', async (message, why) => {
    const front = createSmnDoor();
    const { status, body } = await front.deliver(front.message({ message }));
    expect(status).toBe(400);
    expect(body.detail).toContain(why);
    expect(body.detail).toContain('docs/alerting/huawei.md');
    expect(await front.events()).toMatchObject([
      { status: 400, sender: TOPIC, why: expect.stringContaining(why) },
    ]);
  });

  test('with insufficient data is in the journal, and neither fires nor resolves', async () => {
    const front = createSmnDoor();
    await front.deliver(front.message({ message: text(cloudEyeEvent) }));
    await front.bench.pass(60_000);
    const message = text({ ...cloudEyeEvent, alarm_status: 'insufficient_data' });
    expect(await front.deliver(front.message({ message }))).toMatchObject({
      status: 202,
      body: {
        remediations: [],
        ignored: [{ why: expect.stringContaining('insufficient_data says neither') }],
      },
    });
    expect((await front.events())[0]?.alerts).toMatchObject([{ status: 'other' }]);
  });

  test('with a list of alarms of AOM is a delivery with each of them, and one bad alarm harms no other', async () => {
    const front = createSmnDoor();
    const over = { ...aomAlarm, ends_at: aomAlarm.starts_at + 60_000 };
    const events = [aomAlarm, over, { ...aomAlarm, ends_at: 'soon' }];
    const answer = await front.deliver(front.message({ message: text({ events }) }));
    expect(answer.status).toBe(202);
    expect((await front.events())[0]?.alerts.map(({ status }) => status).toSorted()).toEqual([
      'firing',
      'resolved',
      'unreadable',
    ]);
  });

  test('may come without its headers, and agrees with those that are there', async () => {
    const front = createSmnDoor();
    const message = front.message();
    const headers = {
      'x-smn-message-type': 'Notification',
      'x-smn-message-id': String(message['message_id']),
      'x-smn-topic-urn': TOPIC,
    };
    expect((await front.deliver(message, headers)).status).toBe(202);
    for (const name of Object.keys(headers)) {
      const { status, body } = await front.deliver(front.message(), { ...headers, [name]: 'other' });
      expect(status).toBe(401);
      expect(body.detail).toMatch(/^The header x-smn-/);
    }
  });

  test('of AOM is an alert with its metadata as labels', async () => {
    const front = createSmnDoor();
    const { body } = await front.deliver(front.message({ message: text(aomAlarm) }));
    expect(body).toMatchObject({ ignored: [{ why: 'no rule matches it' }] });
    expect((await front.events())[0]?.alerts[0]).toMatchObject({
      labels: { alertname: 'ma-node-npu-lost', service: 'aom', node_ip: '10.0.0.7' },
    });
  });
});

describe('a message', () => {
  test('that comes again has the same answer, and nothing is done for it', async () => {
    const front = createSmnDoor();
    const message = front.message({ message: text(cloudEyeEvent) });
    const first = await front.deliver(message);
    const over = { ...cloudEyeEvent, alarm_status: 'ok', time: cloudEyeEvent.time };
    await front.deliver(front.message({ message: text(over) }));
    await front.bench.pass(30 * 60_000);
    const documents = text(front.bench.store.documents());
    expect(await front.deliver(message)).toEqual(first);
    expect(text(front.bench.store.documents())).toBe(documents);
  });

  test('is taken when it comes again after it could not be stored', async () => {
    const front = createSmnDoor();
    const message = front.message({ message: text(cloudEyeEvent) });
    const { store } = front.bench.services;
    const put = store.put.bind(store);
    store.put = () => Promise.reject(new Error('the table is away'));
    expect((await front.deliver(message)).status).toBe(503);
    store.put = put;
    expect(await front.deliver(message)).toMatchObject({
      status: 202,
      body: { remediations: [{ rule: 'card-lost' }] },
    });
  });

  test.each([
    ['an hour and a second', -3_601_000, 401],
    ['59 minutes', -3_540_000, 202],
    ['4 minutes ahead', 240_000, 202],
    ['6 minutes ahead', 360_000, 401],
  ])('of %s ago is answered %3$s', async (_, ms, status) => {
    const front = createSmnDoor();
    const timestamp = new Date(front.bench.now() + ms).toISOString();
    expect((await front.deliver(front.message({ timestamp }))).status).toBe(status);
  });

  test('of a topic that the rules file does not name is refused without a request for its certificate', async () => {
    const front = createSmnDoor();
    for (const topic_urn of [`${TOPIC}2`, TOPIC.replace('alarm-testing', 'other'), TOPIC.toUpperCase()]) {
      const { status, body } = await front.deliver(front.message({ topic_urn }));
      expect(status).toBe(403);
      expect(body.detail).toContain('add it to sources.smn.topics');
    }
    expect(front.requested).toEqual([]);
    expect(await front.events()).toMatchObject([{ status: 403 }, { status: 403 }, { status: 403 }]);
    expect((await front.events()).every(({ sender }) => sender === undefined)).toBe(true);
  });

  test('whose certificate cannot be read now is asked for again', async () => {
    const front = createSmnDoor();
    front.answers.certificate = { kind: 'passing', why: 'it answered 503' };
    expect(await front.deliver(front.message())).toMatchObject({
      status: 503,
      body: {
        detail: `The certificate ${CERTIFICATE_URL} cannot be read now: it answered 503. Send the message again`,
      },
    });
    front.answers.certificate = { kind: 'refused', why: 'it answered 302: redirects are not followed' };
    expect((await front.deliver(front.message())).status).toBe(401);
    expect(front.remediations()).toEqual([]);
  });

  const TAMPERED: Record<string, unknown> = {
    type: 'UnsubscribeConfirmation',
    message: text({ ...cloudEyeAlarm, time: 1 }),
    message_id: '00000000000000000000000000000000',
    subject: '[Critical Ok]From Cloud Eye: …',
    topic_urn: `${TOPIC}x`,
    timestamp: '2026-11-20T10:00:01.000Z',
    signature: Buffer.alloc(256, 7).toString('base64'),
    signature_version: 'v2',
    signing_cert_url: 'https://smn.sa-brazil-1.myhuaweicloud.com.example.com/smn/SMN_test.pem',
  };

  test.each(Object.keys(TAMPERED))('whose %s was changed on its way is refused', async (field) => {
    const front = createSmnDoor();
    const message = front.message();
    for (const value of [TAMPERED[field], undefined, null, '', 7, [], {}, `${String(message[field])} `]) {
      // Without a subject, an absent one is the same.
      const { status } = await front.deliver({ ...message, [field]: value });
      expect([400, 401, 403], `${field} = ${text(value)}`).toContain(status);
    }
    expect(front.remediations()).toEqual([]);
  });

  test.each(['subscribe_url', 'type', 'message', 'message_id'])(
    'that asks for a confirmation and whose %s was changed makes no request',
    async (field) => {
      const front = createSmnDoor();
      const message = front.message({ type: 'SubscriptionConfirmation', subscribe_url: CONFIRM_URL });
      const changed = field === 'subscribe_url' ? `${CONFIRM_URL}&x=1` : TAMPERED[field];
      expect((await front.deliver({ ...message, [field]: changed })).status).not.toBe(202);
      expect(front.requested.filter((url) => !url.endsWith('.pem'))).toEqual([]);
    },
  );

  test('that another key signed is refused', async () => {
    const front = createSmnDoor();
    const valid = { from: front.bench.now() - 3_600_000, until: front.bench.now() + 3_600_000 };
    const own = issueCertificate({ name: 'localhost', ...valid });
    const { signature: _, ...unsigned } = front.message();
    const forged = signMessage(unsigned, own.key, CERTIFICATE_URL);
    expect(await front.deliver(forged)).toMatchObject({
      status: 401,
      body: { detail: expect.stringContaining('The signature is not that of the message') },
    });
  });

  test('is refused after any change of its signed parts, or of the basis of the check', async () => {
    const front = createSmnDoor();
    const message = front.message({ message: text(cloudEyeEvent) });
    const fields = Object.keys(TAMPERED);
    const mutation = fc.record({
      field: fc.constantFrom(...fields),
      at: fc.nat(4_000),
      less: fc.nat(3),
      insert: fc.oneof(
        fc.string({ maxLength: 5 }),
        fc.string({ unit: 'binary', maxLength: 5 }),
        fc.constantFrom('\n', '\r\n', '\u0000', '=', ' '),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        const changed = { ...message };
        for (const { field, at, less, insert } of mutations) {
          const before = String(changed[field]);
          const place = at % (before.length + 1);
          changed[field] = before.slice(0, place) + insert + before.slice(place + less);
        }
        // Both spellings of the version mean the same.
        const meansTheSame = fields.every((field) =>
          field === 'signature_version'
            ? /^v1$/i.test(String(changed[field]))
            : changed[field] === message[field],
        );
        fc.pre(!meansTheSame);
        expect((await front.deliver(changed)).status).toBeGreaterThanOrEqual(400);
        expect(front.remediations()).toEqual([]);
      }),
      { numRuns: runs(300) },
    );
  });

  test.each([
    ['not JSON', 'not json'],
    ['a list', '[]'],
    ['empty', ''],
    ['JSON with a prototype', '{"__proto__":{"type":"Notification"}}'],
    ['too large', `{"message":"${'x'.repeat(2 * 1024 * 1024)}"}`],
  ])('that is %s is refused and counted', async (_, body) => {
    const front = createSmnDoor();
    expect([400, 413]).toContain((await front.deliver(body)).status);
    expect(front.bench.logs.join()).toContain('SmnMessagesRefused');
  });

  test('of many that are refused fills neither the journal nor the log', async () => {
    const front = createSmnDoor();
    for (let index = 0; index < 200; index += 1) await front.deliver('{}');
    expect(await front.events()).toHaveLength(10);
    expect(front.bench.logs.filter((line) => line.includes('SmnMessagesRefused'))).toHaveLength(1);
  });
});

describe('a confirmation of a subscription', () => {
  test('is given to a topic of the rules file, once', async () => {
    const front = createSmnDoor();
    const message = front.message({ type: 'SubscriptionConfirmation', subscribe_url: CONFIRM_URL });
    const answer = { status: 202, body: { subscription: `the subscription to ${TOPIC} is confirmed` } };
    expect(await front.deliver(message)).toMatchObject(answer);
    expect(await front.deliver(message)).toMatchObject(answer);
    expect(front.requested.filter((url) => url === CONFIRM_URL)).toHaveLength(1);
    expect(await front.events()).toMatchObject([{ status: 202, why: answer.body.subscription, alerts: [] }]);
  });

  test.each([
    'https://169.254.169.254/latest/meta-data/',
    'http://localhost:8443/smn/subscription/confirm?token=t',
    'https://localhost:8444/smn/subscription/confirm?token=t',
    'https://localhost:8443/smn/subscription/unsubscribe?token=t',
    'https://localhost:8443@example.com/smn/subscription/confirm?token=t',
  ])('at %s is refused though it is signed', async (subscribe_url) => {
    const front = createSmnDoor();
    const message = front.message({ type: 'SubscriptionConfirmation', subscribe_url });
    expect(await front.deliver(message)).toMatchObject({
      status: 401,
      body: { detail: expect.stringContaining('The address in subscribe_url must be https://') },
    });
    expect(front.requested.filter((url) => !url.endsWith('.pem'))).toEqual([]);
  });

  test('is tried again where the console of SMN does not answer, and given up where it refuses', async () => {
    const front = createSmnDoor();
    const message = front.message({ type: 'SubscriptionConfirmation', subscribe_url: CONFIRM_URL });
    front.answers.confirmation = { kind: 'passing', why: 'it answered 502' };
    expect((await front.deliver(message)).status).toBe(503);
    await front.bench.pass(1_000);
    front.answers.confirmation = { kind: 'refused', why: 'it answered 302: redirects are not followed' };
    expect((await front.deliver(message)).status).toBe(400);
    await front.bench.pass(1_000);
    front.answers.confirmation = { kind: 'answer', body: '' };
    expect((await front.deliver(message)).status).toBe(202);
    expect((await front.events()).map(({ status }) => status)).toEqual([202, 400, 503]);
  });
});

test('the end of a subscription is written down, logged and told to people, and its address is not followed', async () => {
  const front = createSmnDoor();
  const message = front.message({ type: 'UnsubscribeConfirmation', subscribe_url: CONFIRM_URL });
  expect(await front.deliver(message)).toMatchObject({
    status: 202,
    body: { subscription: expect.stringContaining(`the subscription to ${TOPIC} has ended`) },
  });
  expect(front.requested).toEqual([CERTIFICATE_URL]);
  expect(front.bench.logs.join()).toContain('SubscriptionsEnded');
  expect(front.bench.notices).toEqual([
    expect.objectContaining({ kind: 'incident', incident: 'subscription-ended', about: TOPIC }),
  ]);
  await front.deliver(message);
  expect(front.bench.notices).toHaveLength(1);
  expect(await front.events()).toMatchObject([{ status: 202, why: expect.stringContaining('has ended') }]);
});
