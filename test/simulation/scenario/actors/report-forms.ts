import type { DoorRequest } from '../../cloud/doors.ts';
import { signed, TOPICS } from '../../cloud/smn.ts';
import type { Credential, ReportInput } from '../inputs/report-inputs.ts';

/** One message of a sender. `number` counts those of its alert; the same number again is a copy. */
export type Message = {
  input: ReportInput;
  status: 'firing' | 'resolved';
  number: number;
  /** When the sender knew it to be so. */
  atMs: number;
};

/** The part of a message that finds its alert in the journal. */
export function markOf({ form, alert }: Pick<ReportInput, 'form' | 'alert'>): string {
  return form === 'node-condition' ? `NT_${alert.toUpperCase().replaceAll('-', '_')}` : alert;
}

function to(source: string, body: unknown, headers: Record<string, string> = {}) {
  return { route: 'POST /alerts/{source}', path: { source }, body, headers };
}

/** The message as a request, without its credential. */
export function requestOf(message: Message): Pick<DoorRequest, 'route' | 'path' | 'body' | 'headers'> {
  const { input } = message;
  switch (input.form) {
    case 'cloud-eye':
    case 'cloud-eye-event':
      return to('smn', smnMessage(message, cloudEye(message)));
    case 'aom':
      return to('smn', smnMessage(message, aom(message)));
    case 'ce-structured':
      return to('cloudevents', cloudEvent(message), { 'content-type': 'application/cloudevents+json' });
    case 'ce-batch': {
      const other = {
        specversion: '1.0',
        id: `other-${idOf(message)}`,
        source: 'https://x',
        type: 'com.other',
      };
      const batch = [other, cloudEvent(message), null];
      return to('cloudevents', batch, { 'content-type': 'application/cloudevents-batch+json' });
    }
    case 'ce-binary': {
      const { data, datacontenttype: _json, ...attributes } = cloudEvent(message);
      const headers = Object.entries(attributes).map(([name, text]) => [
        `ce-${name}`,
        encodeURIComponent(text),
      ]);
      return to('cloudevents', data, Object.fromEntries(headers));
    }
    case 'eventbridge':
    case 'cloudwatch':
    case 'sns':
      return to('eventbridge', eventOf(message));
    case 'device-fault':
    case 'node-condition':
      return to('kubernetes', kubernetes(message));
  }
}

/** The same as a service of AWS hands it to the function. */
export function eventOf(message: Message): unknown {
  const { form, changesWay } = message.input;
  if (form === 'eventbridge') return ownEvent(message);
  const isOther = changesWay === true && message.status === 'resolved';
  if ((form === 'cloudwatch') !== isOther) return alarmAction(message);
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        Sns: { MessageId: idOf(message), Message: JSON.stringify(alarmMessage(message)) },
      },
    ],
  };
}

function idOf({ input, status, number }: Message): string {
  return `${input.id}-${status}-${number}`;
}

function timeOf({ input, atMs }: Message): string | undefined {
  return input.hasNoTime ? undefined : new Date(atMs).toISOString();
}

function topicOf(as: Credential): string {
  return as === 'team-s' ? TOPICS.limited : as === 'strange' ? TOPICS.strange : TOPICS.open;
}

function smnMessage(message: Message, content: unknown): Record<string, unknown> {
  const { input, atMs } = message;
  const sent = signed({
    type: 'Notification',
    subject: '[Major Alarm]',
    topic_urn: topicOf(input.as),
    message_id: idOf(message),
    timestamp: new Date(atMs).toISOString(),
    message: JSON.stringify(content),
  });
  return input.as === 'forged' ? { ...sent, subject: '[Critical Alarm]' } : sent;
}

function cloudEye({ input, status, atMs }: Message): unknown {
  const isMetric = input.form === 'cloud-eye';
  return {
    message_type: 'alarm',
    alarm_id: input.alert,
    alarm_name: 'npu',
    alarm_status: status === 'firing' ? 'alarm' : 'ok',
    time: atMs,
    namespace: isMetric ? 'AGT.ECS' : 'SYS.BMS',
    metric_name: isMetric ? 'npu_device_temperature' : 'NPUSMICardNotFound',
    dimension: `instance_id:${input.node}`,
    ...(isMetric && { comparison_operator: '>=', value: 95 }),
    alarmValue: isMetric ? [{ time: atMs, value: 97 }] : [],
    template_variable: { ResourceName: input.node, AlarmLevel: 'Major', ResourceId: input.node },
  };
}

function aom({ input, status, atMs }: Message): unknown {
  return {
    starts_at: input.atMs,
    ends_at: status === 'firing' ? 0 : atMs,
    metadata: {
      event_name: 'ma-node-npu-lost',
      event_severity: 'Major',
      resource_id: input.alert,
      resource_name: input.node,
      pool: input.pool,
    },
  };
}

function reported({ input, status }: Message) {
  return {
    status,
    node: input.node,
    pool: input.pool,
    fingerprint: input.alert,
    labels: { alertname: 'NpuLost', report: input.alert },
  };
}

function cloudEvent(message: Message) {
  const time = timeOf(message);
  return {
    specversion: '1.0',
    id: idOf(message),
    source: 'https://npu-watch.example.com',
    type: `io.poolkeeper.alert.${message.status}`,
    datacontenttype: 'application/json',
    ...(time && { time }),
    data: reported(message),
  };
}

function ownEvent(message: Message): unknown {
  const time = timeOf(message);
  return {
    version: '0',
    id: idOf(message),
    'detail-type': 'NpuLost',
    source: 'com.example.npu-watch',
    ...(time && { time }),
    detail: reported(message),
  };
}

const ARN = 'arn:aws:cloudwatch:eu-central-1:111122223333:alarm';

function alarmAction({ input, status, atMs }: Message): unknown {
  const timestamp = new Date(atMs).toISOString().replace('Z', '+0000');
  return {
    source: 'aws.cloudwatch',
    alarmArn: `${ARN}:${input.alert}`,
    accountId: '111122223333',
    time: timestamp,
    region: 'eu-central-1',
    alarmData: {
      alarmName: input.alert,
      state: { value: status === 'firing' ? 'ALARM' : 'OK', timestamp },
      configuration: {
        metrics: [
          {
            metricStat: {
              metric: {
                namespace: 'Npu',
                name: 'LostCards',
                dimensions: { node: input.node, pool: input.pool },
              },
            },
          },
        ],
      },
    },
  };
}

function alarmMessage({ input, status, atMs }: Message): unknown {
  return {
    AlarmName: input.alert,
    AWSAccountId: '111122223333',
    NewStateValue: status === 'firing' ? 'ALARM' : 'OK',
    StateChangeTime: new Date(atMs).toISOString().replace('Z', '+0000'),
    Region: 'EU (Frankfurt)',
    ...(input.changesWay !== true && { AlarmArn: `${ARN}:${input.alert}` }),
    Trigger: {
      MetricName: 'LostCards',
      Namespace: 'Npu',
      Dimensions: [
        { name: 'node', value: input.node },
        { name: 'pool', value: input.pool },
      ],
    },
  };
}

function kubernetes(message: Message): unknown {
  const { input, status, number } = message;
  const time = timeOf(message) ?? null;
  const isFault = input.form === 'device-fault';
  const mark = markOf(input);
  return {
    metadata: { name: input.id, namespace: 'default', uid: input.id, resourceVersion: `${status}-${number}` },
    reason: isFault ? (status === 'firing' ? 'Occur' : 'Recovery') : mark,
    message: isFault
      ? `device fault, nodeName:${input.node}, assertion:${status === 'firing' ? 'Occur' : 'Recovery'}, cardID:${cardOf(input)}, deviceID:0, faultCodes:8C084E00, faultLevelName:SeparateNPU`
      : `Node condition ${mark} is now: ${status === 'firing' ? 'True' : 'False'}, reason: ${mark}`,
    source: { component: 'npu-monitor', host: input.node },
    type: 'Warning',
    eventTime: time,
    lastTimestamp: time,
    clusterName: input.pool,
    involvedObject: isFault ? { kind: 'Pod', name: 'plugin' } : { kind: 'Node', name: input.node },
  };
}

/** An alert of a card is known by the number in its name. */
export function cardOf({ alert }: Pick<ReportInput, 'alert'>): number {
  return Number(/\d+/.exec(alert)?.[0] ?? 0);
}
