import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { directEventbridge } from '#lib/alerts/sources/events/eventbridge';
import { takeDirect } from '#lib/receiving/take-direct';
import { runs } from '#test/runs';
import { createFrontDoor, NODE } from './front-door.ts';
import { conditionChange, deviceFault } from './kubernetes-samples.ts';

const ARN = 'arn:aws:cloudwatch:eu-central-1:111122223333:alarm:npu-lost';

/** As an alarm of CloudWatch invokes a function. */
function alarmAction(value: string, more: Record<string, unknown> = {}): Record<string, any> {
  return {
    source: 'aws.cloudwatch',
    alarmArn: ARN,
    accountId: '111122223333',
    time: '2026-11-20T09:59:00.490+0000',
    region: 'eu-central-1',
    alarmData: {
      alarmName: 'npu-lost',
      state: { value, reason: 'Threshold Crossed', timestamp: '2026-11-20T09:59:00.490+0000' },
      previousState: { value: 'OK', timestamp: '2026-11-20T09:00:00.000+0000' },
      configuration: {
        description: 'An NPU is lost',
        metrics: [
          {
            id: 'm1',
            metricStat: {
              metric: { namespace: 'Npu', name: 'LostCards', dimensions: { node: NODE, InstanceId: 'i-1' } },
              period: 60,
              stat: 'Maximum',
            },
            returnData: true,
          },
        ],
      },
      ...more,
    },
  };
}

/** The same as EventBridge has it. */
function stateChange(value: string, more: Record<string, unknown> = {}): Record<string, any> {
  const { alarmData } = alarmAction(value, more);
  return {
    version: '0',
    id: `c4c1c1c9-6542-e61b-6ef0-${value}`,
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: '111122223333',
    time: '2026-11-20T09:59:00Z',
    region: 'eu-central-1',
    resources: [ARN],
    detail: alarmData,
  };
}

/** The same as a message of SNS. */
function snsMessage(value: string): Record<string, any> {
  const message = {
    AlarmName: 'npu-lost',
    AlarmDescription: 'An NPU is lost',
    AWSAccountId: '111122223333',
    NewStateValue: value,
    NewStateReason: 'Threshold Crossed',
    StateChangeTime: '2026-11-20T09:59:00.490+0000',
    Region: 'EU (Frankfurt)',
    AlarmArn: ARN,
    OldStateValue: 'OK',
    Trigger: {
      MetricName: 'LostCards',
      Namespace: 'Npu',
      Dimensions: [
        { name: 'node', value: NODE },
        { name: 'InstanceId', value: 'i-1' },
      ],
    },
  };
  return sns(JSON.stringify(message));
}

const sns = (Message: string, TopicArn = 'arn:aws:sns:x:1:alarms') => ({
  Records: [
    {
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      Sns: {
        Type: 'Notification',
        MessageId: '95df01b4',
        TopicArn,
        Subject: 'ALARM',
        Message,
      },
    },
  ],
});

const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:alarms';

/** A message of SNS as of the years before it had the ARN of the alarm, or as a relay has shortened it. */
function messageWithoutArn(value: string, part: Record<string, unknown> = {}, topic?: string) {
  const { AlarmArn: _, ...message } = JSON.parse(snsMessage(value)['Records'][0].Sns.Message);
  return sns(JSON.stringify({ ...message, ...part }), topic);
}

const ways = [
  ['the alarm itself', alarmAction],
  ['EventBridge', stateChange],
  ['SNS', snsMessage],
] as const;

const metric = (node: string) => ({
  metricStat: { metric: { namespace: 'Npu', name: 'LostCards', dimensions: { node, pool: 'train-a' } } },
});

/** The front door, as Lambda invokes it directly. */
function createDirectDoor() {
  const front = createFrontDoor();
  return {
    ...front,
    invoke: async (event: unknown) => {
      await front.bench.pass(1_000);
      await takeDirect('eventbridge', directEventbridge, event, front.services, front.bench.invocation());
    },
    latest: async () => (await front.events())[0],
  };
}

describe('an alarm of CloudWatch', () => {
  test.each(ways)('by %s fires with its dimensions as labels', async (_, make) => {
    const front = createDirectDoor();
    await front.invoke(make('ALARM'));
    expect(await front.latest()).toMatchObject({
      source: 'eventbridge',
      sender: 'direct',
      status: 202,
      alerts: [
        {
          status: 'firing',
          startsAt: '2026-11-20T09:59:00.490Z',
          rule: 'eventbridge',
          labels: {
            service: 'cloudwatch',
            alertname: 'npu-lost',
            node: NODE,
            InstanceId: 'i-1',
            namespace: 'Npu',
            metric_name: 'LostCards',
            account: '111122223333',
            region: 'eu-central-1',
          },
        },
      ],
    });
    expect(front.remediations()).toHaveLength(1);
  });

  test('that comes in all ways is one alert, and one remediation', async () => {
    const front = createDirectDoor();
    for (const [, make] of ways) await front.invoke(make('ALARM'));
    expect(front.alerts()).toHaveLength(1);
    expect(front.remediations()).toHaveLength(1);
    expect((await front.latest())?.alerts).toMatchObject([
      { ignored: expect.stringContaining('received before') },
    ]);
  });

  test('by SNS as a request has the text of the message, too', async () => {
    const front = createFrontDoor();
    const { Sns: sent } = snsMessage('ALARM')['Records'][0];
    const envelope = {
      ...sent,
      Timestamp: '2026-11-20T09:59:01.000Z',
      SignatureVersion: '1',
      Signature: 'x',
    };
    expect((await front.deliver('eventbridge', envelope)).body.remediations).toHaveLength(1);
    expect((await front.deliver('eventbridge', envelope)).body).toMatchObject({
      remediations: [],
      ignored: [{ why: expect.stringContaining('received before') }],
    });
  });

  test.each(['SubscriptionConfirmation', 'UnsubscribeConfirmation'])(
    'never comes by a subscription that only a %s has announced',
    async (Type) => {
      const front = createFrontDoor();
      const TopicArn = TOPIC;
      const body = { Type, MessageId: 'm1', Token: 't', TopicArn, Message: 'You have chosen to subscribe' };
      expect((await front.deliver('eventbridge', body)).body.ignored).toMatchObject([
        {
          alert: TopicArn,
          why: expect.stringMatching(/^it is a \w+ of SNS.*let the topic invoke the function/),
        },
      ]);
    },
  );

  test.each(['EU (Ireland)', 'Elsewhere (Nowhere)'])(
    'of the region %s is another alert, also in messages of SNS without the ARN',
    async (Region) => {
      const front = createDirectDoor();
      await front.invoke(messageWithoutArn('ALARM', { Region: 'EU (Frankfurt)' }));
      await front.invoke(messageWithoutArn('ALARM', { Region }));
      expect(front.alerts()).toHaveLength(2);
    },
  );

  test.each([
    ['the text of its region', { Region: 'EU (Frankfurt)' }, undefined],
    ['the newer text of its region', { Region: 'Europe (Frankfurt)' }, undefined],
    ['the code of its region', { Region: 'eu-central-1' }, undefined],
    ['a region that has no code here, to a topic', { Region: 'Elsewhere' }, TOPIC],
    ['no region, to a topic', { Region: undefined }, TOPIC],
  ])(
    'without an ARN in a message of SNS, with %s, is the same alert in every way',
    async (_, part, topic) => {
      const front = createDirectDoor();
      await front.invoke(messageWithoutArn('ALARM', part, topic));
      for (const [, make] of ways) await front.invoke(make('ALARM'));
      expect(front.alerts()).toHaveLength(1);
      expect((await front.latest())?.alerts).toMatchObject([
        { ignored: expect.stringContaining('received before') },
      ]);
      await front.bench.pass(120_000);
      await front.invoke(stateChange('OK'));
      expect(front.alerts()).toMatchObject([{ episodes: [{ closing: {} }] }]);
    },
  );

  test.each([
    ['EventBridge', { ...stateChange('ALARM'), resources: [] }],
    ['the alarm itself', { ...alarmAction('ALARM'), alarmArn: undefined }],
  ])('without an ARN by %s ends with the message of SNS', async (_, event) => {
    const front = createDirectDoor();
    await front.invoke(event);
    await front.bench.pass(120_000);
    await front.invoke(messageWithoutArn('OK'));
    expect(front.alerts()).toMatchObject([{ episodes: [{ closing: {} }] }]);
  });

  test('about an expression has the dimensions of its metrics, also in a message of SNS', async () => {
    const front = createDirectDoor();
    const { Trigger: Metric, ...message } = JSON.parse(snsMessage('ALARM')['Records'][0].Sns.Message);
    const Metrics = [
      { Id: 'e1', Expression: 'm1 / m2', ReturnData: true },
      { Id: 'm1', MetricStat: { Metric, Period: 60, Stat: 'Sum' }, ReturnData: false },
      { Id: 'm2', MetricStat: { Metric: { ...Metric, MetricName: 'Cards' } }, ReturnData: false },
    ];
    await front.invoke(sns(JSON.stringify({ ...message, Trigger: { Metrics } })));
    const [alert] = (await front.latest())?.alerts ?? [];
    expect(alert).toMatchObject({ rule: 'eventbridge', labels: { node: NODE, InstanceId: 'i-1' } });
    expect(alert?.labels).not.toHaveProperty('metric_name');
  });

  test.each(ways)('by %s that is OK closes the episode', async (_, make) => {
    const front = createDirectDoor();
    await front.invoke(alarmAction('ALARM'));
    await front.bench.pass(120_000);
    await front.invoke(make('OK'));
    expect(front.alerts()).toMatchObject([{ episodes: [{ closing: {} }] }]);
  });

  test.each(ways)('by %s without data neither fires nor resolves', async (_, make) => {
    const front = createDirectDoor();
    await front.invoke(alarmAction('ALARM'));
    await front.invoke(make('INSUFFICIENT_DATA'));
    expect((await front.latest())?.alerts).toMatchObject([
      { status: 'other', ignored: expect.stringContaining('INSUFFICIENT_DATA says neither') },
    ]);
    expect(front.alerts()[0].episodes[0]).not.toHaveProperty('closing');
    expect(front.bench.logs.join('')).not.toContain('alerts lead to nothing though they should');
  });

  test.each<[string, unknown, object]>([
    [
      'another state',
      alarmAction('BROKEN'),
      { status: 'unreadable', ignored: expect.stringContaining('must be ALARM, OK') },
    ],
    [
      'no name',
      alarmAction('ALARM', { alarmName: 7 }),
      { status: 'unreadable', ignored: expect.stringContaining('without its name') },
    ],
    [
      'suppressed actions',
      stateChange('ALARM', { state: { value: 'ALARM', actionsSuppressedBy: 'Alarm' } }),
      { status: 'other', ignored: expect.stringContaining('suppresses the actions') },
    ],
  ])('with %s leads to nothing', async (_, event, outcome) => {
    const front = createDirectDoor();
    await front.invoke(event);
    expect((await front.latest())?.alerts).toMatchObject([outcome]);
    expect(front.remediations()).toEqual([]);
  });

  test('whose metrics are of different nodes names none of them', async () => {
    const front = createDirectDoor();
    await front.invoke(
      alarmAction('ALARM', { configuration: { metrics: [metric('node-1'), metric('node-2')] } }),
    );
    const [alert] = (await front.latest())?.alerts ?? [];
    expect(alert?.labels).toMatchObject({ pool: 'train-a' });
    expect(alert?.labels).not.toHaveProperty('node');
    expect(front.remediations()).toEqual([]);
  });

  test('of several contributors is an alert for each of them', async () => {
    const front = createDirectDoor();
    for (const node of ['os-node-created-00001', 'os-node-created-00002']) {
      const alarmContributor = { contributorId: `id of ${node}`, attributes: { node } };
      const more = { configuration: { metrics: [] }, alarmContributor };
      await front.invoke({
        ...stateChange('ALARM', more),
        'detail-type': 'CloudWatch Alarm Contributor State Change',
      });
    }
    expect(front.alerts()).toHaveLength(2);
    expect(front.remediations()).toHaveLength(2);
  });

  test('cannot have its own labels set by a dimension', async () => {
    const dimensions = { alertname: 'other', service: 'other', node: NODE };
    const metrics = [{ metricStat: { metric: { namespace: 'Npu', name: 'LostCards', dimensions } } }];
    const front = createDirectDoor();
    await front.invoke(alarmAction('ALARM', { configuration: { metrics } }));
    expect((await front.latest())?.alerts[0]?.labels).toMatchObject({
      alertname: 'npu-lost',
      service: 'cloudwatch',
    });
  });
});

describe('an event of EventBridge', () => {
  const event = {
    version: '0',
    id: 'e-1',
    'detail-type': 'NpuLost',
    source: 'com.example.npu-watch',
    time: '2026-11-20T09:59:00Z',
    detail: { status: 'firing', node: NODE },
  };

  test.each([
    ['our own shape', event.detail],
    ['an event of Kubernetes', conditionChange('True')],
    ['a fault of an NPU', deviceFault('Occur')],
  ])('may have %s as its detail', async (_, detail) => {
    const front = createDirectDoor();
    await front.invoke({ ...event, detail });
    expect((await front.latest())?.alerts).toMatchObject([{ rule: 'eventbridge', labels: { node: NODE } }]);
    await front.bench.pass(10_000);
    await front.invoke({ ...event, detail });
    expect((await front.latest())?.alerts).toMatchObject([
      { ignored: expect.stringContaining('received before') },
    ]);
  });

  test('may come in a list, or through SNS', async () => {
    const front = createDirectDoor();
    await front.invoke([
      { ...event, id: 'a', detail: { ...event.detail, node: 'os-node-created-00002' } },
      7,
    ]);
    await front.invoke(sns(JSON.stringify(event)));
    expect(front.remediations()).toHaveLength(2);
  });

  test('may come through a queue, and a copy of the message is taken once', async () => {
    const front = createDirectDoor();
    const queued = { Records: [{ eventSource: 'aws:sqs', messageId: 'm-1', body: JSON.stringify(event) }] };
    await front.invoke(queued);
    expect((await front.latest())?.alerts).toMatchObject([{ rule: 'eventbridge', labels: { node: NODE } }]);
    await front.invoke(queued);
    expect((await front.latest())?.alerts).toMatchObject([
      { ignored: expect.stringContaining('received before') },
    ]);
  });

  test('may come as a request of an API destination, with a token', async () => {
    const front = createFrontDoor();
    expect((await front.deliver('eventbridge', event, {}, 'wrong')).status).toBe(401);
    await front.bench.pass(1_000);
    expect(await front.deliver('eventbridge', event)).toMatchObject({
      status: 202,
      body: { remediations: [{ rule: 'eventbridge', node: NODE }] },
    });
    expect(await front.events()).toMatchObject([{ sender: 'producer' }, { status: 401 }]);
  });

  test.each<[string, unknown, string]>([
    ['a service of AWS', { ...event, source: 'aws.ec2', detail: { state: 'running' } }, 'other'],
    ['a timer', { ...event, source: 'aws.events', detail: {} }, 'other'],
    ['nothing', {}, 'unreadable'],
    ['no object', 'text', 'unreadable'],
    ['null', null, 'unreadable'],
    [
      'nothing in a queue',
      { Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: '{}' }] },
      'unreadable',
    ],
    ['another service', { Records: [{ eventSource: 'aws:kinesis', data: '{}' }] }, 'unreadable'],
    ['prose in SNS', sns('npu-lost is in ALARM'), 'unreadable'],
    ['an event without an id', { ...event, id: undefined }, 'unreadable'],
  ])('of %s is in the journal, and Lambda does not repeat it', async (_, sent, status) => {
    const front = createDirectDoor();
    await front.invoke(sent);
    expect((await front.latest())?.alerts).toMatchObject([{ status, ignored: expect.any(String) }]);
    expect(front.remediations()).toEqual([]);
  });

  test('of more than a MiB is in the journal as refused, and not repeated', async () => {
    const front = createDirectDoor();
    await front.invoke({ ...event, detail: 'x'.repeat(1024 * 1024) });
    expect(await front.latest()).toMatchObject({ status: 413, sender: 'direct' });
  });

  test('that cannot be stored makes the invocation fail, so that Lambda repeats it', async () => {
    const front = createDirectDoor();
    const { store } = front.services;
    const put = store.put;
    store.put = () => Promise.reject(new Error('the table is away'));
    await expect(front.invoke(event)).rejects.toThrow('0 of 1 alerts are stored');
    store.put = put;
    await front.invoke(event);
    expect(front.remediations()).toHaveLength(1);
  });
});

test('no event makes an invocation fail', async () => {
  const value = fc.oneof(
    fc.constantFrom(null, '', NODE, 'ALARM', 'OK', 7, {}, []),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const base = fc.constantFrom(
    alarmAction('ALARM'),
    stateChange('ALARM'),
    snsMessage('ALARM'),
    stateChange('OK'),
  );
  const names = [
    'source',
    'detail',
    'detail-type',
    'alarmData',
    'alarmArn',
    'Records',
    'id',
    'resources',
    '__proto__',
  ];
  const change = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 3 });
  const sent = fc.tuple(base, change).map(([event, more]) => ({ ...event, ...more }));
  await fc.assert(
    fc.asyncProperty(fc.oneof(sent, value), async (event) => {
      const front = createDirectDoor();
      await front.invoke(event);
      for (const alert of front.alerts()) expect(alert.source).toBe('eventbridge');
    }),
    { numRuns: runs(150) },
  );
});
