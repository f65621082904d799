import { existsSync } from 'node:fs';
import path from 'node:path';
import { unwrapEvent } from '#events/kubernetes-event';
import { alertmanager } from '#lib/alerts/sources/alertmanager';
import { cloudevents } from '#lib/alerts/sources/events/cloudevents';
import { eventbridge } from '#lib/alerts/sources/events/eventbridge';
import { kubernetes } from '#lib/alerts/sources/events/kubernetes';
import { fingerprintOf } from '#lib/alerts/sources/fingerprint';
import { readHuaweiAlarms } from '#lib/alerts/sources/huawei-alarm';
import type { Delivery, Reading, ReceivedAlert } from '#lib/alerts/sources/source';
import { HttpProblem } from '#lib/handler/problem';
import { isRecord } from '#lib/is-record';
import { alertSources } from '#lib/rules/file/when';
import { sampleFile } from '#local/send/samples';
import type { Context } from '../context.ts';
import { CommandError } from '../failure.ts';
import { readInput, STANDARD_INPUT } from '../rules/read-input.ts';

/** The alerts of a delivery, and its entries that are none, each with the reason. */
export type GivenAlerts = { alerts: ReceivedAlert[]; left: { alert: string; why: string }[] };

const SOURCES = { alertmanager, cloudevents, eventbridge, kubernetes } as const;

/** The text of `--alert`: JSON itself, a file, `-`, or the name of a sample in events/. */
export async function alertText(
  given: string,
  context: Pick<Context, 'directory' | 'input' | 'home'>,
): Promise<string> {
  if (/^\s*[{[]/.test(given)) return given;
  if (given === STANDARD_INPUT || existsSync(path.resolve(context.directory, given)))
    return readInput(given, 'file with an alert', context);
  const sample = /^[\w/-]+(\.json)?$/.test(given) ? sampleFile(given, context.home.root) : undefined;
  if (sample !== undefined) return readInput(sample, 'sample', context);
  throw new CommandError(
    `There is no file and no sample ${given}. Give JSON itself, a file, - for standard input, or a sample of events/, such as alerts/npu-card-lost.`,
    'usage',
  );
}

/**
 * Reads the body of a webhook of any source, or one alert. The shape tells the source.
 *
 * @throws CommandError if it is no JSON, or nothing that a source sends
 */
export function readAlerts(text: string, context: Pick<Context, 'clock'>): GivenAlerts {
  const value = parse(text);
  const plain = plainAlert(value);
  if (plain) return { alerts: [plain], left: [] };
  try {
    return readAs(value, text, context);
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    const fields = (error.errors ?? [])
      .filter(({ message }) => !error.message.includes(message))
      .map(({ field, message }) => `\n  ${field}: ${message}`);
    throw new CommandError(`The alert cannot be read: ${error.message}${fields.join('')}`, 'usage', {
      cause: error,
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(`The alert is not JSON: ${why}`, 'usage', { cause: error });
  }
}

/** An alert as a rule sees it: `{ "source": "smn", "labels": { … }, "severity": …, "event": … }`. */
function plainAlert(value: unknown): ReceivedAlert | undefined {
  if (!isRecord(value) || value['specversion'] !== undefined) return undefined;
  const source = alertSources.find((one) => one === value['source']);
  if (source === undefined || !('labels' in value || 'event' in value)) return undefined;
  const labels = texts(value['labels']);
  const severity = textIn(value, 'severity') ?? (source === 'alertmanager' ? labels['severity'] : undefined);
  const event = textIn(value, 'event');
  const state = (['nodata', 'error', 'unknown'] as const).find((one) => one === value['state']);
  return {
    source,
    status: value['status'] === 'resolved' ? 'resolved' : 'firing',
    labels,
    annotations: texts(value['annotations']),
    fingerprint: textIn(value, 'fingerprint') ?? fingerprintOf({ source, ...labels }),
    startsAt: textIn(value, 'startsAt') ?? '0001-01-01T00:00:00.000Z',
    ...(severity !== undefined && { severity }),
    ...(event !== undefined && { event }),
    ...(state && { state }),
  };
}

function texts(value: unknown): Record<string, string> {
  const entries = isRecord(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.flatMap(([key, one]) => (typeof one === 'string' ? [[key, one]] : [])));
}

function textIn(value: Record<string, unknown>, key: string): string | undefined {
  const text = value[key];
  return typeof text === 'string' ? text : undefined;
}

function readAs(value: unknown, text: string, { clock }: Pick<Context, 'clock'>): GivenAlerts {
  if (isHuawei(value) || (Array.isArray(value) && value.some(isHuawei))) {
    const { message, carried } = messageOf(value, text, clock.now());
    return givenIn(readHuaweiAlarms(message, carried));
  }
  const [source, contentType] = sourceOf(value);
  const body = Buffer.from(JSON.stringify(source === 'alertmanager' ? asDelivery(value) : value));
  const request = { path: {}, query: {}, headers: { 'content-type': contentType }, body };
  return alertsOf(SOURCES[source].read(request, { clock, door: NO_DOOR }));
}

/** Nothing is authenticated: the file is the user's own. */
const NO_DOOR = {
  admit: () => Promise.reject(new Error('no sender is admitted here')),
  turnAway: () => Promise.resolve(),
  refusedLately: () => 0,
  of: () => NO_DOOR,
};

function alertsOf(reading: Reading): GivenAlerts {
  if (reading.kind !== 'alerts') return { alerts: [], left: [] };
  return givenIn(reading.delivery);
}

function givenIn({
  alerts,
  unreadable,
  passedOver = [],
}: Pick<Delivery, 'alerts' | 'unreadable' | 'passedOver'>): GivenAlerts {
  return { alerts, left: [...unreadable, ...passedOver.map(({ alert, why }) => ({ alert, why }))] };
}

/** A message of SMN, or the alarm of Cloud Eye or AOM in it. */
function isHuawei(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value)) return false;
  if (Array.isArray(value['events'])) return value['events'].some(isHuawei);
  const isMessage = typeof value['topic_urn'] === 'string';
  const isData = isRecord(value['data']) && 'IsAlarm' in value['data'];
  const isAom = 'event_name' in value || (isRecord(value['metadata']) && 'event_name' in value['metadata']);
  return isMessage || 'alarm_status' in value || isData || isAom;
}

function messageOf(value: Record<string, unknown> | unknown[], text: string, now: number) {
  const { message, subject, timestamp }: Record<string, unknown> = Array.isArray(value) ? {} : value;
  const sentAt = typeof timestamp === 'string' ? timestamp : new Date(now).toISOString();
  const carried = { sentAt, ...(typeof subject === 'string' && { subject }) };
  if (!('topic_urn' in value)) return { message: text, carried };
  // A sample has the alarm as an object.
  return { message: typeof message === 'string' ? message : JSON.stringify(message), carried };
}

function sourceOf(value: unknown): [keyof typeof SOURCES, string] {
  const json = 'application/json';
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const [first] = list;
  if (!isRecord(first))
    throw new CommandError('The alert must be a JSON object, or a list of them.', 'usage');
  if ('specversion' in first)
    return ['cloudevents', `application/cloudevents${Array.isArray(value) ? '-batch' : ''}+json`];
  const isKubernetes = unwrapEvent(first) !== undefined || 'items' in first || isRecord(first['object']);
  if (isKubernetes) return ['kubernetes', json];
  if (['detail-type', 'AlarmName', 'alarmData', 'Records'].some((key) => key in first))
    return ['eventbridge', json];
  if (['alerts', 'labels', 'annotations'].some((key) => key in first)) return ['alertmanager', json];
  throw new CommandError(
    'The alert has the shape of no source: it has neither alerts, labels, specversion, involvedObject, detail-type, alarm_status nor topic_urn. Give the body of a webhook, or { "source": "…", "labels": { … } }.',
    'usage',
  );
}

/** One alert of Alertmanager is a list of one. */
function asDelivery(value: unknown): unknown {
  return isRecord(value) && !('alerts' in value) ? [value] : value;
}
