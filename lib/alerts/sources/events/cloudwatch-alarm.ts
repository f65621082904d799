import type * as z from 'zod';
import { AlarmAction, AlarmMessage, AlarmStateChange } from '#events/cloudwatch-alarm';
import { contentId } from '#lib/hash';
import { fingerprintOf } from '../fingerprint.ts';
import { texts, UNKNOWN_START } from '../texts.ts';
import { partitionOf, regionCode } from './aws-region.ts';
import type { Report } from './gather.ts';

/** The facts of an alarm, the same for every way in which it comes. */
type Alarm = {
  name: string | undefined;
  arn: string | undefined;
  account: string | undefined;
  /** Its code, such as `eu-west-1`; a text for people where the sender has no other and the code is not known. */
  region: string | undefined;
  state: string | undefined;
  reason: string | undefined;
  at: string | undefined;
  description: string | undefined;
  metrics: readonly { namespace?: string | undefined; name?: string | undefined }[];
  /** Dimensions and the attributes of a contributor, of each metric. */
  dimensions: readonly Readonly<Record<string, string>>[];
  contributor: string | undefined;
  suppressedBy?: string | undefined;
};

/** An alarm that invoked the function by itself. */
export function readAlarmAction(value: unknown): Report {
  const { alarmArn, accountId, region, time, alarmData } = AlarmAction.parse(value);
  return read({ ...ofData(alarmData, time), arn: alarmArn, account: accountId, region });
}

/** An alarm about which EventBridge has an event. */
export function readAlarmStateChange(value: unknown): Report {
  const { account, region, time, resources, detail } = AlarmStateChange.parse(value);
  return read({ ...ofData(detail, time), arn: resources[0], account, region });
}

/**
 * An alarm in a message of SNS. Its region is a text for people. An ARN has the code, and that of the topic does, too: an alarm publishes
 * to topics of its own region.
 */
export function readAlarmMessage(value: unknown, topic = ''): Report {
  const message = AlarmMessage.parse(value);
  const { Region: text = '', Trigger: trigger } = message;
  const metrics = [trigger, ...trigger.Metrics.map(({ MetricStat }) => MetricStat.Metric)].filter(
    ({ MetricName, Dimensions }) => MetricName !== undefined || Object.keys(Dimensions).length > 0,
  );
  return read({
    name: message.AlarmName,
    arn: message.AlarmArn,
    account: message.AWSAccountId,
    region: regionIn(message.AlarmArn) ?? regionCode(text) ?? regionIn(topic) ?? message.Region,
    state: message.NewStateValue,
    reason: message.NewStateReason,
    at: message.StateChangeTime,
    description: message.AlarmDescription,
    metrics: metrics.map(({ MetricName: name, Namespace: namespace }) => ({ name, namespace })),
    dimensions: [...metrics.map(({ Dimensions }) => Dimensions), message.AlarmContributorAttributes],
    contributor: message.AlarmContributorId,
  });
}

/** The region in an ARN, or undefined. */
function regionIn(arn = ''): string | undefined {
  const [prefix, , , region = ''] = arn.split(':');
  return prefix === 'arn' ? regionCode(region) : undefined;
}

function ofData(
  { alarmName, state, configuration, alarmContributor }: z.output<typeof AlarmAction>['alarmData'],
  time: string | undefined,
): Omit<Alarm, 'arn' | 'account' | 'region'> {
  const metrics = configuration.metrics
    .map(({ metricStat }) => metricStat.metric)
    .filter(({ name, dimensions }) => name !== undefined || Object.keys(dimensions).length > 0);
  return {
    name: alarmName,
    state: state.value,
    reason: state.reason,
    at: state.timestamp ?? time,
    description: configuration.description,
    metrics,
    dimensions: [...metrics.map(({ dimensions }) => dimensions), alarmContributor.attributes],
    contributor: alarmContributor.contributorId,
    suppressedBy: state.actionsSuppressedBy,
  };
}

/**
 * ALARM fires and OK resolves; INSUFFICIENT_DATA says neither. Each change to ALARM is an episode of its own. One change may come in
 * several ways, and more than once: it is known by the alarm, its state and its time.
 */
function read(alarm: Alarm): Report {
  const { name, arn, account, region, state, reason, at, description, contributor, suppressedBy } = alarm;
  const [metric, ...others] = alarm.metrics;
  const isOneMetric = others.every(
    (other) => other.name === metric?.name && other.namespace === metric?.namespace,
  );
  const labels = texts({
    ...common(alarm.dimensions),
    service: 'cloudwatch',
    alertname: name,
    account,
    region,
    ...(isOneMetric && { namespace: metric?.namespace, metric_name: metric?.name }),
  });
  const known = { name: arn ?? name, labels };
  if (name === undefined || (arn === undefined && account === undefined))
    return {
      kind: 'unreadable',
      why: 'it is an alarm of CloudWatch without its name, or without its ARN and account',
    };
  if (state === 'INSUFFICIENT_DATA')
    return {
      kind: 'other',
      ...known,
      why: 'INSUFFICIENT_DATA says neither that the alarm fires nor that it is over',
    };
  if (state !== 'ALARM' && state !== 'OK')
    return {
      kind: 'unreadable',
      ...known,
      why: 'the state of an alarm must be ALARM, OK or INSUFFICIENT_DATA',
    };
  if (state === 'ALARM' && suppressedBy !== undefined)
    return {
      kind: 'other',
      ...known,
      why: `CloudWatch suppresses the actions of this alarm: ${suppressedBy}`,
    };
  const fingerprint = fingerprintOf(
    texts({ service: 'cloudwatch', alarm: arn ?? arnOf(alarm), contributor }),
  );
  return {
    kind: 'alert',
    alert: {
      source: 'eventbridge',
      event: isOneMetric ? metric?.name : undefined,
      labels,
      annotations: texts({ description, reason }),
      fingerprint,
      ...(state === 'ALARM'
        ? { status: 'firing', startsAt: at ?? UNKNOWN_START, saidAt: at }
        : { status: 'resolved', startsAt: at ?? UNKNOWN_START, ...(at !== undefined && { endsAt: at }) }),
      ...(at !== undefined && { messageId: contentId([fingerprint, state, at]) }),
    },
  };
}

/** The ARN of an alarm that comes without it, so that all ways to here have one identity. */
function arnOf({ name = '', account = '', region = '' }: Alarm): string {
  return ['arn', partitionOf(region), 'cloudwatch', region, account, 'alarm', name].join(':');
}

/** The dimensions on which all metrics agree. Where they differ, the alarm does not say which one is meant. */
function common(dimensions: Alarm['dimensions']): Record<string, string> {
  const all = dimensions.flatMap((some) => Object.entries(some));
  return Object.fromEntries(
    all.filter(([name, value]) => all.every(([other, text]) => other !== name || text === value)),
  );
}
