import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { Command } from '#events/command';
import { ScheduledEvent, ScheduleFiring } from '#events/schedule';
import { TagPolicyMessage } from '#events/tag-policy';
import { fingerprintOf } from '#lib/alerts/sources/fingerprint';
import { fieldProblems } from '#lib/issues';
import { nearest } from '#lib/nearest';
import { suggestion } from '#lib/rules/file/wording';
import { type EventPayload, eventAsOfNow, namesInFiringEvent, recognizeEvent } from './event-sample.ts';
import { packSample, packSampleNames } from './pack-sample.ts';
import { samples } from './samples.ts';
import { alarmAsOfNow, namesInFiringAlarm, SmnSample } from './smn-sample.ts';

/** A payload that cannot be sent. The message is complete. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
}

/** The part of an alert that this file needs; the receiving function checks the rest. */
const Alert = z.looseObject({
  status: z.string().optional(),
  labels: z.record(z.string(), z.unknown()).optional(),
  annotations: z.record(z.string(), z.unknown()).optional(),
  fingerprint: z.string().optional(),
});
const Notification = z.looseObject({ alerts: z.array(Alert) });
const PostedAlerts = z.array(Alert.omit({ status: true, fingerprint: true }));
const AnyCommand = z.looseObject({ action: z.string(), id: z.string().optional() });
const AnyTagPolicy = z.looseObject({ policy: z.unknown() });
const AnyFiring = z.looseObject({ schedule: z.string() });
const AnyScheduledEvent = z.looseObject({ 'detail-type': z.literal('Scheduled Event') });

/**
 * The payloads by their receiver: a route, a queue, or a function that is invoked as its schedule does. A command goes over
 * the HTTP API, or on the queue of its action as from any producer.
 */
export type Payload =
  | { kind: 'alertmanager'; body: z.output<typeof Notification> | z.output<typeof PostedAlerts> }
  | { kind: 'smn'; body: SmnSample }
  | EventPayload
  | { kind: 'command'; body: z.output<typeof AnyCommand> }
  | { kind: 'queued-command'; body: z.output<typeof AnyCommand> }
  | { kind: 'tag-policy'; body: z.output<typeof AnyTagPolicy> }
  | { kind: 'schedule-firing'; body: z.output<typeof AnyFiring> }
  | { kind: 'scheduled-event'; body: z.output<typeof AnyScheduledEvent> };

/**
 * Reads a file and detects its content by one key (a list of alerts by being one): `alerts`, `topic_urn`, `specversion`, `involvedObject`, `detail`, `alarmData`,
 * `Records`, `action`, `policy`, `schedule`, or the `detail-type` of a timer. A command in a file whose name begins with
 * `queue-`, or in a folder `queue`, goes on its queue.
 * `pack/NT_NPU_NET` is the sample alert of a rule of a pack.
 *
 * @throws PayloadError
 */
export async function readPayload(file: string): Promise<Payload> {
  if (file.startsWith(PACK)) return fromPack(file.slice(PACK.length));
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new PayloadError(
      error.code === 'ENOENT'
        ? `There is no file and no sample ${file}${nearSample(file)} \`poolkeeper send --list\` lists the samples.`
        : `${file} cannot be read: ${error.message}`,
    );
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new PayloadError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const payload = recognize(json);
  if (payload) return isForQueue(file) ? onQueue(payload) : payload;
  throw new PayloadError(
    `${file} is not a payload: alerts have a list "alerts" or are a list, a message of SMN a "topic_urn", a CloudEvent has a "specversion", an event of ` +
      'Kubernetes an "involvedObject", one of AWS a "detail", an "alarmData" or "Records", a command has an "action", a tag policy a "policy", ' +
      'the firing of a schedule a "schedule", and the event of a timer the "detail-type" "Scheduled Event".',
  );
}

/** The end of a sentence: the sample that was probably meant. */
function nearSample(file: string): string {
  const names = samples.flatMap(({ files }) => files.map((sample) => sample.file));
  const meant = nearest(`${file.replace(/^events\/|\.json$/g, '')}.json`, names);
  return meant === undefined ? '.' : `: did you mean events/${meant}?`;
}

/** A file that begins with `queue-`, or lies in a folder `queue`. */
function isForQueue(file: string): boolean {
  return path.basename(file).startsWith('queue-') || path.basename(path.dirname(file)) === 'queue';
}

/** Before the name of a rule of a pack, in place of a file. */
const PACK = 'pack/';

function fromPack(rule: string): Payload {
  const payload = recognize(packSample(rule));
  if (payload) return payload;
  throw new PayloadError(`No pack has a rule "${rule}"${suggestion(rule, packSampleNames())}`);
}

/**
 * The same, for its queue.
 *
 * @throws PayloadError if it is no command
 */
export function onQueue(payload: Payload): Payload {
  if (payload.kind === 'command' || payload.kind === 'queued-command')
    return { kind: 'queued-command', body: payload.body };
  throw new PayloadError('--queue sends only a command: it needs an "action".');
}

function recognize(json: unknown): Payload | undefined {
  // Before all others: an event of Kubernetes may have an action, too, and a batch is a list, as alerts may be.
  const event = recognizeEvent(json);
  if (event) return event;
  const notification = z.union([Notification, PostedAlerts]).safeParse(json);
  if (notification.success) return { kind: 'alertmanager', body: notification.data };
  const message = SmnSample.safeParse(json);
  if (message.success) return { kind: 'smn', body: message.data };
  const command = AnyCommand.safeParse(json);
  if (command.success) return { kind: 'command', body: command.data };
  const policy = AnyTagPolicy.safeParse(json);
  if (policy.success && policy.data.policy !== undefined) return { kind: 'tag-policy', body: policy.data };
  const firing = AnyFiring.safeParse(json);
  if (firing.success) return { kind: 'schedule-firing', body: firing.data };
  const timer = AnyScheduledEvent.safeParse(json);
  if (timer.success) return { kind: 'scheduled-event', body: timer.data };
  return undefined;
}

/**
 * The same payload with present times: a firing alert began now, a resolved one has just ended, evidence was seen now, a
 * schedule is due now.
 */
export function asOfNow(payload: Payload, nowMs: number): Payload {
  const now = new Date(nowMs).toISOString();
  switch (payload.kind) {
    case 'alertmanager':
      return { ...payload, body: alertsAsOfNow(payload.body, nowMs) };
    case 'smn':
      return { ...payload, body: alarmAsOfNow(payload.body, nowMs) };
    case 'cloudevents':
    case 'kubernetes':
    case 'aws-event':
      return eventAsOfNow(payload, nowMs);
    case 'command':
    case 'queued-command':
      return { ...payload, body: withTime(payload.body, 'evidenceAt', now) };
    case 'tag-policy':
      return { ...payload, body: withTime(payload.body, 'updatedAt', now) };
    case 'schedule-firing':
      return { ...payload, body: withTime(payload.body, 'scheduledAt', now) };
    case 'scheduled-event':
      return { ...payload, body: withTime(payload.body, 'time', now) };
  }
}

type Alerts = (Payload & { kind: 'alertmanager' })['body'];

/** The time for which Prometheus lets a firing alert last if it is not posted again. */
const POSTED_FOR_MS = 4 * 60_000;

function isFiring({ status }: z.output<typeof Alert>): boolean {
  return status === 'firing';
}

/** A posted alert of a sample fires if its end lies in the future, or if it has none. */
function isPostedFiring({ endsAt }: Record<string, unknown>): boolean {
  return typeof endsAt !== 'string' || Date.parse(endsAt) > Date.now();
}

function alertsAsOfNow(body: Alerts, nowMs: number): Alerts {
  const now = new Date(nowMs).toISOString();
  if (!Array.isArray(body)) {
    const alerts = body.alerts.map((alert) =>
      isFiring(alert) ? { ...alert, startsAt: now } : withTime(alert, 'endsAt', now),
    );
    return { ...body, alerts };
  }
  const until = new Date(nowMs + POSTED_FOR_MS).toISOString();
  return body.map((alert) =>
    isPostedFiring(alert)
      ? withTime({ ...alert, startsAt: now }, 'endsAt', until)
      : withTime(alert, 'endsAt', now),
  );
}

/** A time that is absent in the body stays absent: the command does not rest on it. */
function withTime<Body extends object>(body: Body, key: string, time: string): Body {
  return key in body ? { ...body, [key]: time } : body;
}

/** Every word in the firing alerts that may name a node: its name, or its address, with or without a port. */
export function namesInFiringAlerts(payload: Payload): ReadonlySet<string> {
  if (payload.kind === 'smn') return namesInFiringAlarm(payload.body);
  if (payload.kind === 'cloudevents' || payload.kind === 'kubernetes' || payload.kind === 'aws-event')
    return namesInFiringEvent(payload);
  if (payload.kind !== 'alertmanager') return new Set();
  const { body } = payload;
  const alerts = Array.isArray(body) ? body.filter(isPostedFiring) : body.alerts.filter(isFiring);
  const values = alerts.flatMap(({ labels = {}, annotations = {} }) => [
    ...Object.values(labels),
    ...Object.values(annotations),
  ]);
  return new Set(values.map((value) => String(value).replace(/:\d{1,5}$/, '')));
}

/** A text for an alert in place of its fingerprint: its name and its subject. */
export function describeAlert({ body }: Payload & { kind: 'alertmanager' }, fingerprint: string): string {
  const labels = Array.isArray(body)
    ? body.find((alert) => fingerprintOf(textsOf(alert.labels)) === fingerprint)?.labels
    : body.alerts.find((alert) => alert.fingerprint === fingerprint)?.labels;
  return describeLabels(labels ?? {}, fingerprint);
}

function textsOf(labels: Record<string, unknown> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}

function describeLabels(labels: Record<string, unknown>, fingerprint: string): string {
  const words = [labels['alertname'], labels['instance']].filter((label) => label !== undefined);
  return words.length > 0 ? words.map(String).join(' ') : fingerprint;
}

const asynchronous = {
  'queued-command': { schema: Command, called: 'The command' },
  'tag-policy': { schema: TagPolicyMessage, called: 'The tag policy' },
  'schedule-firing': { schema: ScheduleFiring, called: 'The firing of a schedule' },
  'scheduled-event': { schema: ScheduledEvent, called: 'The event' },
} as const;

/**
 * Checks payloads that get no answer: the receiving function would only put a bad one among the dead letters, or fail.
 *
 * @throws PayloadError naming each wrong field
 */
export function checkBeforeSending({ kind, body }: Payload & { kind: keyof typeof asynchronous }): void {
  const { schema, called } = asynchronous[kind];
  const { error } = schema.safeParse(body);
  if (!error) return;
  const problems = fieldProblems(error.issues).map(({ field, message }) => `  ${field}: ${message}`);
  throw new PayloadError(`${called} is wrong:\n${problems.join('\n')}`);
}
