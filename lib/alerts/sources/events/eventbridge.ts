import * as z from 'zod';
import { EventBridgeEvent, PostedSnsMessage, SnsRecord, SqsRecord } from '#events/eventbridge';
import { isKubernetesEvent } from '#events/kubernetes-event';
import { beyondBounds, type JsonBounds } from '#lib/bounds';
import { admit, parseBody } from '#lib/handler/on-http';
import { contentId } from '#lib/hash';
import { isRecord } from '#lib/is-record';
import { describeIssues } from '#lib/issues';
import { readJson } from '#lib/read-json';
import type { AlertSource } from '../source.ts';
import { readAlarmAction, readAlarmMessage, readAlarmStateChange } from './cloudwatch-alarm.ts';
import { gather, type Report } from './gather.ts';
import { readKubernetesEvent } from './kubernetes-event.ts';
import { readReportedAlert } from './reported-alert.ts';

/** Lambda takes one MiB in an asynchronous invocation. */
const LIMITS = { maxBytes: 1024 * 1024 };

const BOUNDS: JsonBounds = { depth: 24, values: 20_000, bytes: 1024 * 1024 };

/**
 * Events of Amazon EventBridge, and alarms of CloudWatch in each of their ways. As a request they come from an API destination, which
 * presents a bearer token.
 */
export const eventbridge: AlertSource = {
  authenticate: admit,
  read(request) {
    const value = parseBody(request, z.unknown(), LIMITS);
    return {
      kind: 'alerts',
      delivery: gather('eventbridge', request.body.length, readAwsEvent(value)),
    };
  },
};

/** The same as a direct invocation of the function: IAM decides who may invoke it. */
export const directEventbridge: AlertSource = {
  ...eventbridge,
  authenticate: () => Promise.resolve('direct'),
};

/** The reports in what a service of AWS hands to the function: one event, a list of them, or messages of SNS. */
function readAwsEvent(value: unknown): Report[] {
  const tooMuch = beyondBounds(value, BOUNDS);
  if (tooMuch !== undefined) return [{ kind: 'unreadable', why: `it ${tooMuch}` }];
  if (Array.isArray(value)) return value.map((one) => readOne(one));
  if (isRecord(value) && Array.isArray(value['Records'])) return value['Records'].map(readRecord);
  return [readBody(value)];
}

/** An event, or a message of SNS with one. */
function readBody(value: unknown): Report {
  const posted = PostedSnsMessage.safeParse(value);
  return posted.success ? readPosted(posted.data) : readOne(value);
}

/** A message that SNS posts. No subscription is confirmed, because the address in the message may lead anywhere. */
function readPosted(message: z.output<typeof PostedSnsMessage>): Report {
  if (message.Type === 'Notification') return readMessage(message);
  const { Type: type, TopicArn: name } = message;
  const why = `it is a ${type} of SNS. Poolkeeper confirms no subscription of SNS, so no alarm of the topic comes here: let the topic invoke the function receive-alert (docs/alerting/events.md)`;
  return { kind: 'unreadable', name, why };
}

function readRecord(record: unknown): Report {
  const queued = SqsRecord.safeParse(record);
  if (queued.success) return readQueued(queued.data);
  const parsed = SnsRecord.safeParse(record);
  if (!parsed.success)
    return { kind: 'unreadable', why: `it is no message of SNS: ${describeIssues(parsed.error)}` };
  return readMessage(parsed.data.Sns);
}

/** The content of a message of SQS. */
function readQueued({ messageId: name, body }: z.output<typeof SqsRecord>): Report {
  const read = readJson(body, BOUNDS);
  if ('why' in read) return { kind: 'unreadable', name, why: `the body of the message ${read.why}` };
  const tooMuch = beyondBounds(read.value, BOUNDS);
  if (tooMuch !== undefined) return { kind: 'unreadable', name, why: `it ${tooMuch}` };
  const report = readBody(read.value);
  if (report.kind !== 'alert') return { ...report, name: report.name ?? name };
  return { kind: 'alert', alert: { messageId: contentId(['sqs', name]), ...report.alert } };
}

/** The content of a message of SNS. */
function readMessage({
  MessageId: name,
  Message: text,
  TopicArn: topic,
}: z.output<typeof SnsRecord>['Sns']): Report {
  const read = readJson(text, BOUNDS);
  if ('why' in read) return { kind: 'unreadable', name, why: `the text of the message ${read.why}` };
  const { value: message } = read;
  const tooMuch = beyondBounds(message, BOUNDS);
  if (tooMuch !== undefined) return { kind: 'unreadable', name, why: `it ${tooMuch}` };
  const report = readOne(message, topic);
  if (report.kind !== 'alert') return { ...report, name: report.name ?? name };
  return { kind: 'alert', alert: { messageId: contentId(['sns', name]), ...report.alert } };
}

/** @param topic the ARN of the topic of SNS, if that has carried the event */
function readOne(value: unknown, topic?: string): Report {
  if (!isRecord(value)) return { kind: 'unreadable', why: 'it is no event: it must be an object' };
  if (value['source'] === 'aws.cloudwatch' && isRecord(value['alarmData'])) return readAlarmAction(value);
  if (typeof value['AlarmName'] === 'string' && 'NewStateValue' in value)
    return readAlarmMessage(value, topic);
  const parsed = EventBridgeEvent.safeParse(value);
  if (!parsed.success)
    return {
      kind: 'unreadable',
      why: `it is no event of EventBridge, and no alarm of CloudWatch: ${describeIssues(parsed.error)}`,
    };
  return readEvent(parsed.data);
}

const ALARM_TYPES = ['CloudWatch Alarm State Change', 'CloudWatch Alarm Contributor State Change'];

function readEvent(event: EventBridgeEvent): Report {
  const { id, 'detail-type': type, source: origin, time, detail } = event;
  if (origin === 'aws.cloudwatch' && ALARM_TYPES.includes(type)) return readAlarmStateChange(event);
  const labels = { detail_type: type, event_source: origin };
  const carrier = { source: 'eventbridge', id, type, origin, time, labels };
  const report = isKubernetesEvent(detail)
    ? readKubernetesEvent(detail, carrier)
    : readReportedAlert(detail, carrier);
  if (report.kind !== 'alert') return report;
  return { kind: 'alert', alert: { messageId: contentId(['event', id]), ...report.alert } };
}
