import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { excerpt } from '#lib/bounds';
import { isRecord } from '#lib/is-record';

/** A message of SMN as a sample has it: without a signature, and with the alarm as an object in place of its JSON text. */
export const SmnSample = z.looseObject({
  type: z.string(),
  topic_urn: z.string(),
  message: z.union([z.string(), z.record(z.string(), z.unknown())]),
});
export type SmnSample = z.output<typeof SmnSample>;

/** The same with present times and an id of its own: the alarm has just begun, or has just ended. */
export function alarmAsOfNow(sample: SmnSample, nowMs: number): SmnSample {
  const { message } = sample;
  const now = { message_id: randomUUID().replaceAll('-', ''), timestamp: new Date(nowMs).toISOString() };
  if (typeof message === 'string') return { ...sample, ...now };
  const { events } = message;
  const changed = Array.isArray(events)
    ? { ...message, events: events.filter(isRecord).map((event) => asOf(event, nowMs)) }
    : asOf(message, nowMs);
  return { ...sample, ...now, message: changed };
}

function asOf(alarm: Record<string, unknown>, nowMs: number): Record<string, unknown> {
  const hasEnded = Number(alarm['ends_at']) > 0;
  return {
    ...alarm,
    ...('time' in alarm && { time: nowMs }),
    ...(isRecord(alarm['data']) && { data: { ...alarm['data'], AlarmTime: new Date(nowMs).toISOString() } }),
    ...('starts_at' in alarm && !hasEnded && { starts_at: nowMs }),
    ...('ends_at' in alarm && hasEnded && { ends_at: nowMs }),
  };
}

/** The message as SMN sends it, but for the signature. */
export function asSent(sample: SmnSample): Record<string, unknown> {
  const { message } = sample;
  return { ...sample, message: typeof message === 'string' ? message : JSON.stringify(message) };
}

/** Every word in a firing alarm that may name a node. */
export function namesInFiringAlarm({ message }: SmnSample): ReadonlySet<string> {
  if (typeof message === 'string') return new Set();
  const { events } = message;
  const alarms = (Array.isArray(events) ? events : [message]).filter(isRecord).filter(isFiring);
  const places = alarms.flatMap((one) => [one, one['template_variable'], one['metadata'], one['data']]);
  return new Set(places.flatMap((place) => (isRecord(place) ? Object.values(place) : [])).map(String));
}

function isFiring(alarm: Record<string, unknown>): boolean {
  const { alarm_status: status, ends_at: end, data } = alarm;
  return status !== 'ok' && !(Number(end) > 0) && !(isRecord(data) && data['IsAlarm'] === false);
}

/** A text for the alarm in place of its fingerprint: its subject. */
export function describeAlarm({ subject }: SmnSample): string {
  return typeof subject === 'string' ? excerpt(subject, 80) : 'the alarm';
}
