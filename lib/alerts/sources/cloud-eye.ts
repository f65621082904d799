import type { CloudEyeAlarm, CloudEyeData } from '#events/cloud-eye';
import { excerpt } from '#lib/bounds';
import { timeInUtc } from '#lib/time-text';
import { fingerprintOf } from './fingerprint.ts';
import type { ReceivedAlert } from './source.ts';
import { texts, UNKNOWN_START } from './texts.ts';

/** SMN's facts about the message that carries an alarm. */
export type Carried = {
  /** RFC 3339: when SMN first sent it. */
  sentAt: string;
  subject?: string | undefined;
};

/** The levels in Huawei's Chinese texts, and their numbers in Huawei's API. */
const LEVELS: ReadonlyMap<string, string> = new Map([
  ['1', 'Critical'],
  ['2', 'Major'],
  ['3', 'Minor'],
  ['4', 'Informational'],
  ['紧急', 'Critical'],
  ['重要', 'Major'],
  ['次要', 'Minor'],
  ['提示', 'Informational'],
]);

/**
 * An alarm of Cloud Eye as an alert.
 *
 * The time of an alarm about a metric is that of the message: Cloud Eye repeats an alarm with a new time. Such an alert has no
 * beginning of its own, so that repetitions belong to one episode. An event happens at its time, and each is an episode.
 */
export function readCloudEyeAlarm(alarm: CloudEyeAlarm, { sentAt, subject }: Carried): ReceivedAlert {
  const { alarm_status, time, namespace, metric_name, dimension, template_variable: variables } = alarm;
  const at = new Date(time ?? sentAt).toISOString();
  const isAboutMetric = alarm.alarmValue.length > 0 && alarm.comparison_operator !== undefined;
  const alarmId = alarm.alarm_id ?? variables.AlarmId;
  return {
    ...common(variables),
    ...timed(alarm_status === 'alarm', at, isAboutMetric && variables.EventContent === undefined),
    event: metric_name ?? variables.MetricName ?? variables.EventContent,
    labels: texts({
      ...dimensionsIn(dimension),
      ...variableLabels(variables),
      alertname: alarm.alarm_name ?? variables.AlarmRuleName,
      alarm_id: alarmId,
      namespace: namespace ?? variables.Namespace,
      metric_name: metric_name ?? variables.MetricName,
    }),
    annotations: texts({
      summary: subject,
      description: alarm.default_content ?? variables.AlarmDesc,
      event_content: variables.EventContent,
      current_data: variables.CurrentData,
      link: variables.Link,
    }),
    fingerprint: identity({
      alarm: alarmId ?? alarm.alarm_name ?? variables.AlarmRuleName,
      metric: metric_name ?? variables.MetricName,
      dimension,
      resource: variables.ResourceId,
    }),
  };
}

/** The same for the shape that has the variables alone. Its time is a text in the language of the account, or that of SMN. */
export function readCloudEyeData({ data }: CloudEyeData, { sentAt, subject }: Carried): ReceivedAlert {
  const at = new Date(timeInUtc(data.AlarmTime ?? '') ?? sentAt).toISOString();
  return {
    ...common(data),
    ...timed(data.IsAlarm, at, data.EventContent === undefined),
    event: data.MetricName ?? data.EventContent,
    labels: texts({
      ...variableLabels(data),
      alertname: data.AlarmRuleName,
      alarm_id: data.AlarmId,
      namespace: data.Namespace,
      metric_name: data.MetricName,
    }),
    annotations: texts({
      summary: subject,
      description: data.AlarmDesc,
      event_content: data.EventContent,
      current_data: data.CurrentData,
      link: data.Link,
    }),
    fingerprint: identity({
      alarm: data.AlarmId ?? data.AlarmRuleName,
      metric: data.MetricName,
      resource: data.ResourceId,
      address: data.PrivateIp,
    }),
  };
}

/** A level in the words of rules. Any other text stays. */
export function levelOf(text: string): string {
  return LEVELS.get(text) ?? text;
}

type Variables = CloudEyeAlarm['template_variable'];

function common({ AlarmLevel = '' }: Variables): Pick<ReceivedAlert, 'source' | 'severity'> {
  const severity = levelOf(AlarmLevel);
  return { source: 'smn', severity: severity === '' ? undefined : excerpt(severity, 100) };
}

function timed(
  isFiring: boolean,
  at: string,
  isAboutMetric: boolean,
): Pick<ReceivedAlert, 'status' | 'startsAt' | 'endsAt'> {
  if (!isFiring) return { status: 'resolved', startsAt: at, endsAt: at };
  return { status: 'firing', startsAt: isAboutMetric ? UNKNOWN_START : at };
}

function variableLabels(variables: Variables): Record<string, string | undefined> {
  return {
    service: 'cloud-eye',
    level: variables.AlarmLevel && levelOf(variables.AlarmLevel),
    private_ip: variables.PrivateIp,
    public_ip: variables.PublicIp,
    region: variables.RegionId ?? variables.Region,
    resource_id: variables.ResourceId,
    resource_name: variables.ResourceName,
  };
}

/** `instance_id:4f7a…,npu:0` as labels. */
function dimensionsIn(dimension = ''): Record<string, string> {
  const pairs = dimension.split(',').flatMap((text) => {
    const [, name, value] = /^\s*([\w-]+)\s*:\s*(\S.*?)\s*$/.exec(text) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(pairs);
}

/** The same for the alarm and its end, with any values and levels. */
function identity(parts: Readonly<Record<string, string | undefined>>): string {
  const known = Object.entries(parts).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]]));
  return fingerprintOf({ service: 'cloud-eye', ...Object.fromEntries(known) });
}
