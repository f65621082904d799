import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readHuaweiAlarms } from '#lib/alerts/sources/huawei-alarm';
import { HttpProblem } from '#lib/handler/problem';
import { runs } from '#test/runs';
import { aomAlarm, cloudEyeAlarm, cloudEyeData, cloudEyeEvent, cloudEyeOk } from '#test/smn/samples';

const SENT_AT = '2026-11-20T10:00:00Z';
const readAll = (json: unknown, subject?: string) =>
  readHuaweiAlarms(JSON.stringify(json), { sentAt: SENT_AT, subject });
const read = (json: unknown, subject?: string) => readAll(json, subject).alerts[0]!;
const UNKNOWN = '0001-01-01T00:00:00.000Z';

describe('an alarm of Cloud Eye', () => {
  test('has labels that let rules find the node and tell alarms apart', () => {
    expect(read(cloudEyeAlarm, '[Critical Alarm]From Cloud Eye: …')).toEqual({
      source: 'smn',
      status: 'firing',
      severity: 'Critical',
      event: 'cpu_usage',
      startsAt: UNKNOWN,
      saidAt: '2026-11-20T10:00:00.000Z',
      labels: {
        service: 'cloud-eye',
        alertname: 'alarm-shop',
        alarm_id: 'al1704475580412b2a4lnr3W',
        level: 'Critical',
        namespace: 'AGT.ECS',
        metric_name: 'cpu_usage',
        instance_id: 'ed5e8d39-9301-45ea-b11d-6ece27a09e17',
        resource_id: 'ed5e8d39-9301-45ea-b11d-6ece27a09e17',
        resource_name: 'ecs-alarms',
        private_ip: '192.168.1.130',
        public_ip: '119.8.138.180',
        region: 'LA-Sao Paulo1',
      },
      annotations: {
        summary: '[Critical Alarm]From Cloud Eye: …',
        description: '[LA-Sao Paulo1][Critical Alarm]… triggered an alarm',
        current_data: '97.08%',
        link: cloudEyeAlarm.template_variable.Link,
      },
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  test('that is over has the fingerprint of its firing, and the time of its end', () => {
    const over = read(cloudEyeOk);
    expect(over).toMatchObject({ status: 'resolved', endsAt: new Date(cloudEyeOk.time).toISOString() });
    expect(over.fingerprint).toBe(read(cloudEyeAlarm).fingerprint);
  });

  test('of another resource, metric, dimension or rule is another alert', () => {
    const variables = cloudEyeAlarm.template_variable;
    const others = [
      cloudEyeAlarm,
      { ...cloudEyeAlarm, alarm_id: 'al2' },
      { ...cloudEyeAlarm, metric_name: 'mem_usage' },
      { ...cloudEyeAlarm, dimension: `${cloudEyeAlarm.dimension},npu:1` },
      { ...cloudEyeAlarm, template_variable: { ...variables, ResourceId: 'other' } },
    ];
    expect(new Set(others.map((one) => read(one).fingerprint)).size).toBe(others.length);
    const worse = {
      ...cloudEyeAlarm,
      time: 1,
      template_variable: { ...variables, AlarmLevel: 'Major', CurrentData: '1' },
    };
    expect(read(worse).fingerprint).toBe(read(cloudEyeAlarm).fingerprint);
  });

  test.each(['__proto__', 'constructor', 'toString'])(
    'has the level %s as a text like any other',
    (level) => {
      const variables = { ...cloudEyeAlarm.template_variable, AlarmLevel: level };
      const alert = read({ ...cloudEyeAlarm, template_variable: variables });
      expect(alert).toMatchObject({ severity: level, labels: { level } });
    },
  );

  test('has each of its dimensions as a label, but none in place of a fixed one', () => {
    const dimension = 'instance_id: 4f7a , npu:3,odd,:x,empty:,alertname:forged,service:forged,path:a:b';
    expect(read({ ...cloudEyeAlarm, dimension }).labels).toMatchObject({
      instance_id: '4f7a',
      npu: '3',
      path: 'a:b',
      alertname: 'alarm-shop',
      service: 'cloud-eye',
    });
  });

  test('of a notification group is read too, in the language of the account', () => {
    expect(read(cloudEyeData)).toMatchObject({
      status: 'firing',
      severity: 'Critical',
      event: '每秒并发操作数',
      labels: {
        alertname: 'alarm-c5jj',
        level: 'Critical',
        region: 'cn-east-3',
        private_ip: '192.168.0.54',
        resource_id: '3dc7b9ea-70b4-4c38-942d-e2636e6d844c',
      },
    });
    const over = { ...cloudEyeData, data: { ...cloudEyeData.data, IsAlarm: false } };
    expect(read(over)).toMatchObject({ status: 'resolved', endsAt: '2025-06-02T14:56:15.000Z' });
    expect(read(over).fingerprint).toBe(read(cloudEyeData).fingerprint);
  });
});

const beginningSaidAs = (AlarmTime: string) => {
  const data = { ...cloudEyeData.data, AlarmTime, EventContent: '{"card":3}' };
  return read({ ...cloudEyeData, data }).startsAt;
};

describe('a time in words', () => {
  test.each(['+020000-01-01T00:00:00Z', '-000001-01-01T00:00:00Z', '1', 'node 7', '2026-11-20 09:00:00 CST'])(
    '%s is not believed: the message has one',
    (text) => {
      expect(beginningSaidAs(text)).toBe('2026-11-20T10:00:00.000Z');
    },
  );

  test('without a zone is one in UTC', () => {
    expect(beginningSaidAs('2026-11-20 09:00:00')).toBe('2026-11-20T09:00:00.000Z');
    expect(read({ ...aomAlarm, starts_at: '2026-11-20 09:00:00' }).startsAt).toBe('2026-11-20T09:00:00.000Z');
  });
});

describe('an event of Cloud Eye', () => {
  test('has its id where rules look for it, and begins at its time', () => {
    expect(read(cloudEyeEvent)).toMatchObject({
      status: 'firing',
      severity: 'Major',
      event: 'NPUSMICardNotFound',
      startsAt: '2024-01-12T16:51:16.006Z',
      labels: {
        namespace: 'SYS.BMS',
        instance_id: '4f7a2c11-6a0e-4e1f-9a5f-1f0c7c2f5b11',
        private_ip: '10.0.0.7',
      },
      annotations: { event_content: '{"card":3}' },
    });
  });

  test('without a metric has its id from the variables', () => {
    const { metric_name: _, ...rest } = cloudEyeEvent;
    const variables = { ...rest.template_variable, MetricName: 'ResetSOC' };
    expect(read({ ...rest, template_variable: variables }).event).toBe('ResetSOC');
    expect(read({ ...rest, template_variable: { EventContent: 'ResetSOC' } }).event).toBe('ResetSOC');
  });

  test('without a time begins when SMN sent it', () => {
    expect(read({ ...cloudEyeEvent, time: 'yesterday' }).startsAt).toBe('2026-11-20T10:00:00.000Z');
    expect(read({ ...cloudEyeEvent, time: 9e15 }).startsAt).toBe('2026-11-20T10:00:00.000Z');
  });
});

describe('an alarm of AOM', () => {
  test('has all of its metadata as labels', () => {
    expect(read(aomAlarm)).toMatchObject({
      source: 'smn',
      status: 'firing',
      severity: 'Major',
      event: 'ma-node-npu-lost',
      startsAt: '2023-03-22T04:47:48.423Z',
      labels: {
        service: 'aom',
        alertname: 'ma-node-npu-lost',
        node_ip: '10.0.0.7',
        resource_provider: 'AOM',
      },
      annotations: { new_state: 'alarm' },
    });
  });

  test('that has an end is over, under the same fingerprint', () => {
    const over = read({
      ...aomAlarm,
      ends_at: 1679460568423,
      metadata: { ...aomAlarm.metadata, event_severity: 'Info' },
    });
    expect(over).toMatchObject({ status: 'resolved', endsAt: '2023-03-22T04:49:28.423Z' });
    expect(over.fingerprint).toBe(read(aomAlarm).fingerprint);
    expect(
      read({ ...aomAlarm, metadata: { ...aomAlarm.metadata, resource_id: 'other' } }).fingerprint,
    ).not.toBe(over.fingerprint);
  });

  test('of a flat template is read too, with times as texts', () => {
    const flat = {
      event_name: 'npu-lost',
      event_severity: 'Critical',
      node: 'os-node-created-00007',
      starts_at: '1679460468423',
      ends_at: '0',
    };
    expect(read(flat)).toMatchObject({
      status: 'firing',
      severity: 'Critical',
      startsAt: '2023-03-22T04:47:48.423Z',
      labels: { alertname: 'npu-lost', node: 'os-node-created-00007' },
    });
    expect(read({ ...flat, ends_at: '2023-03-22 12:49:28 GMT+08:00' })).toMatchObject({
      status: 'resolved',
      endsAt: '2023-03-22T04:49:28.000Z',
    });
  });
});

describe('the end of an alarm of AOM', () => {
  const flat = { event_name: 'npu-lost', node: 'os-node-created-00007', starts_at: '1795600800000' };

  test.each([0, '0', '', null, '-'])('is not there yet: %j', (ends_at) => {
    expect(read({ ...flat, ends_at })).toMatchObject({ status: 'firing' });
    expect(read({ ...aomAlarm, ends_at })).toMatchObject({ status: 'firing' });
  });

  test.each([1795604400000, '1795604400000', 1795604400, '1795604400', '2026-11-25T11:00:00Z'])(
    'is a time: %j',
    (ends_at) => {
      const endsAt = '2026-11-25T11:00:00.000Z';
      expect(read({ ...flat, ends_at })).toMatchObject({ status: 'resolved', endsAt });
    },
  );

  test.each([['$event.ends_at'], ['2026年11月25日 11:00'], [true], [{}], [undefined]])(
    'is unknown, with no knowledge of the end of the alarm: %j',
    (ends_at) => {
      const why = 'ends_at: must be 0 while the alarm lasts, and the time of its end afterwards';
      expect(() => read({ ...flat, ends_at })).toThrow(why);
      expect(() => read({ ...aomAlarm, ends_at })).toThrow(why);
    },
  );

  test('is never there for an event', () => {
    const { ends_at: _, ...event } = { ...aomAlarm, metadata: { ...aomAlarm.metadata, event_type: 'event' } };
    expect(read(event)).toMatchObject({ status: 'firing' });
  });
});

test('the template of the page for AOM, filled in, is an alarm of the node', async () => {
  const page = await readFile(path.resolve(import.meta.dirname, '../../docs/alerting/huawei.md'), 'utf8');
  const [, template = ''] = /\*\*A template for AOM\*\*.*?```json\n(.*?)```/s.exec(page) ?? [];
  const { metadata, starts_at, ends_at } = aomAlarm;
  const values: Readonly<Record<string, unknown>> = { ...metadata, starts_at, ends_at };
  const filled = template.replaceAll(/\$event\.(?:metadata\.)?(\w+)/g, (_, name: string) =>
    String(values[name]),
  );
  const { alerts } = readHuaweiAlarms(filled, { sentAt: SENT_AT });
  expect(alerts).toMatchObject([
    {
      status: 'firing',
      event: 'ma-node-npu-lost',
      severity: metadata.event_severity,
      startsAt: new Date(starts_at).toISOString(),
      labels: { node_ip: '10.0.0.7', resource_id: metadata.resource_id },
    },
  ]);
});

describe('several alarms in one message', () => {
  const over = { ...aomAlarm, ends_at: aomAlarm.starts_at + 60_000 };
  const other = { ...over, metadata: { ...over.metadata, resource_id: 'nodeIP:10.0.0.8' } };

  test.each([
    ['the events of AOM', { events: [aomAlarm, other] }],
    ['a list', [aomAlarm, other]],
  ])('are read one by one: %s', (_, json) => {
    const { alerts, unreadable, passedOver } = readAll(json);
    expect(alerts).toMatchObject([
      { status: 'firing', saidAt: '2026-11-20T10:00:00.000Z' },
      { status: 'resolved' },
    ]);
    expect(new Set(alerts.map(({ fingerprint }) => fingerprint)).size).toBe(2);
    expect([unreadable, passedOver]).toEqual([[], []]);
  });

  test('do not harm one another', () => {
    const bad = { ...aomAlarm, ends_at: 'soon' };
    const unknown = { ...cloudEyeAlarm, alarm_status: 'insufficient_data' };
    expect(readAll([bad, aomAlarm, unknown, null])).toMatchObject({
      alerts: [{ status: 'firing' }],
      unreadable: [
        { alert: 'events[0]', why: expect.stringContaining('ends_at') },
        { alert: 'events[3]', why: 'is JSON, but no object' },
      ],
      passedOver: [{ alert: 'events[2]', why: expect.stringContaining('neither that the alarm fires') }],
    });
    expect(() => readAll([bad, null])).toThrow('ends_at: must be 0 while the alarm lasts');
    expect(() => readAll({ events: [] })).toThrow('is a list without an alarm');
  });
});

test.each([
  [{ alerts: [], status: 'firing' }, 'let it post to /alerts/alertmanager itself'],
  [{ specversion: '1.0', id: '1', source: 'HC.CES', type: 'x' }, 'post to /alerts/cloudevents itself'],
  [{ metadata: {}, involvedObject: {} }, 'post to /alerts/kubernetes itself'],
])('a message that has a route of its own is refused with the name of that: %j', (json, why) => {
  expect(() => readAll(json)).toThrow(why);
});

test.each([
  ['1', 'Critical'],
  [2, 'Major'],
  ['次要', 'Minor'],
  ['提示', 'Informational'],
  ['Warning', 'Warning'],
])('the level %j is %s in rules', (level, severity) => {
  const template_variable = { ...cloudEyeAlarm.template_variable, AlarmLevel: level };
  expect(read({ ...cloudEyeAlarm, template_variable })).toMatchObject({
    severity,
    labels: { level: severity },
  });
  const metadata = { ...aomAlarm.metadata, event_severity: level };
  expect(read({ ...aomAlarm, metadata })).toMatchObject({ severity });
});

test('of any change to a known alarm comes an alert or a refusal with a hint, and nothing else', () => {
  const known = [cloudEyeAlarm, cloudEyeData, cloudEyeEvent, aomAlarm].map((one) => JSON.stringify(one));
  fc.assert(
    fc.property(
      fc.constantFrom(...known),
      fc.nat(3_000),
      fc.nat(5),
      fc.oneof(
        fc.string({ maxLength: 4 }),
        fc.json({ maxDepth: 2 }),
        fc.constantFrom('null', '"__proto__"', '1e999', '-1', '[]', '{}'),
      ),
      (text, at, less, insert) => {
        const place = at % text.length;
        const changed = text.slice(0, place) + insert + text.slice(place + less);
        try {
          const { alerts, passedOver } = readHuaweiAlarms(changed, { sentAt: SENT_AT });
          expect(alerts.length + passedOver.length).toBeGreaterThan(0);
          for (const { source, startsAt, labels, annotations, fingerprint } of alerts) {
            expect(source).toBe('smn');
            expect(Number.isNaN(Date.parse(startsAt))).toBe(false);
            expect(Object.values({ ...labels, ...annotations }).every((one) => typeof one === 'string')).toBe(
              true,
            );
            expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
          }
        } catch (error) {
          if (!(error instanceof HttpProblem)) throw error;
          expect(error.status).toBe(400);
          expect(error.message).toContain('docs/alerting/huawei.md');
        }
      },
    ),
    { numRuns: runs(2_000) },
  );
});
