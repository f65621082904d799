import type * as z from 'zod';
import { AomEvent, FlatAomEvent } from '#events/aom';
import { CloudEyeAlarm, CloudEyeData } from '#events/cloud-eye';
import { beyondBounds, excerpt, type JsonBounds } from '#lib/bounds';
import { HttpProblem } from '#lib/handler/problem';
import { isRecord } from '#lib/is-record';
import { describeIssues } from '#lib/issues';
import { readJson } from '#lib/read-json';
import { readAomEvent } from './aom.ts';
import { type Carried, readCloudEyeAlarm, readCloudEyeData } from './cloud-eye.ts';
import type { Delivery, ReceivedAlert } from './source.ts';

/** SMN carries 256 KB at most. */
const BOUNDS: JsonBounds = { depth: 16, values: 2_000, bytes: 512 * 1024 };

const HINT =
  "Poolkeeper reads Cloud Eye's own JSON, without a message template, and JSON templates of AOM with the fields that docs/alerting/huawei.md names";

/** Messages that other senders publish to a topic: each has a route of its own. */
const ELSEWHERE = [
  [
    'alerts',
    'is a notification of an Alertmanager or of Grafana: let it post to /alerts/alertmanager itself',
  ],
  ['specversion', 'is a CloudEvent: let its sender post to /alerts/cloudevents itself'],
  ['involvedObject', 'is an event of Kubernetes: let its exporter post to /alerts/kubernetes itself'],
] as const;

type Alarms = Pick<Delivery, 'alerts' | 'unreadable'> & Required<Pick<Delivery, 'passedOver'>>;

type Read = { alert: ReceivedAlert } | { other: string } | { unreadable: string };

/**
 * The alerts in the text of a notification: an alarm or event of Cloud Eye, or one of AOM, or a list of them. Each of a list is read by
 * itself.
 *
 * @throws HttpProblem 400 for a text without any that is readable, with the reason and a hint.
 */
export function readHuaweiAlarms(text: string, carried: Carried): Alarms {
  const json = parse(text);
  const tooMuch = beyondBounds(json, BOUNDS);
  if (tooMuch !== undefined) throw refused(tooMuch);
  const items = listed(json);
  const found: Alarms = { alerts: [], unreadable: [], passedOver: [] };
  for (const [index, item] of items.entries()) {
    const read = readAlarm(item, carried);
    const alert = `events[${index}]`;
    if ('alert' in read) found.alerts.push(said(read.alert, carried));
    else if ('other' in read) found.passedOver.push({ alert, why: read.other });
    else found.unreadable.push({ alert, why: read.unreadable });
  }
  const [first] = found.unreadable;
  if (first && found.unreadable.length === items.length) throw refused(first.why);
  return found;
}

/** SMN tries again for minutes, and each try has the time of the first. */
function said(alert: ReceivedAlert, { sentAt }: Carried): ReceivedAlert {
  return alert.status === 'firing' ? { ...alert, saidAt: new Date(sentAt).toISOString() } : alert;
}

/** AOM joins events in one message if its rule groups them. */
function listed(json: unknown): readonly unknown[] {
  const list = isRecord(json) && Array.isArray(json['events']) ? json['events'] : json;
  if (!Array.isArray(list)) return [json];
  if (list.length === 0) throw refused('is a list without an alarm');
  return list;
}

function readAlarm(json: unknown, carried: Carried): Read {
  if (!isRecord(json)) return { unreadable: 'is JSON, but no object' };
  if (String(json['alarm_status']).toLowerCase() === 'insufficient_data')
    return { other: 'insufficient_data says neither that the alarm fires nor that it is over' };
  if ('alarm_status' in json) return checked(CloudEyeAlarm, json, (one) => readCloudEyeAlarm(one, carried));
  if (isRecord(json['data']) && 'IsAlarm' in json['data'])
    return checked(CloudEyeData, json, (one) => readCloudEyeData(one, carried));
  if ('event_name' in json) return checked(FlatAomEvent, json, (one) => readAomEvent(one, carried));
  const elsewhere = ELSEWHERE.find(([field]) => Object.hasOwn(json, field));
  if (elsewhere) return { unreadable: elsewhere[1] };
  if ('metadata' in json) return checked(AomEvent, json, (one) => readAomEvent(one, carried));
  return {
    unreadable:
      'is none of the known alarms: it has none of the fields alarm_status, data.IsAlarm, metadata and event_name',
  };
}

function parse(text: string): unknown {
  const read = readJson(text, BOUNDS);
  if ('value' in read) return read.value;
  if (!read.why.startsWith('is not JSON')) throw refused(read.why);
  throw refused(
    `is not JSON, as if a message template had made it: it begins with ${JSON.stringify(excerpt(text.trim(), 40))}`,
  );
}

function checked<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
  read: (parsed: z.output<Schema>) => ReceivedAlert,
): Read {
  const parsed = schema.safeParse(json);
  if (parsed.success) return { alert: read(parsed.data) };
  return { unreadable: `cannot be read: ${excerpt(describeIssues(parsed.error), 300)}` };
}

function refused(why: string): HttpProblem {
  return new HttpProblem(400, 'Bad Request', `The text of the message ${why}. ${HINT}`, [
    { field: 'message', message: why },
  ]);
}
