import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { excerpt } from '#lib/bounds';

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
  const hasEnded = Number(message['ends_at']) > 0;
  return {
    ...sample,
    ...now,
    message: {
      ...message,
      ...('time' in message && { time: nowMs }),
      ...('starts_at' in message && !hasEnded && { starts_at: nowMs }),
      ...('ends_at' in message && hasEnded && { ends_at: nowMs }),
    },
  };
}

/** The message as SMN sends it, but for the signature. */
export function asSent(sample: SmnSample): Record<string, unknown> {
  const { message } = sample;
  return { ...sample, message: typeof message === 'string' ? message : JSON.stringify(message) };
}

/** Every word in a firing alarm that may name a node. */
export function namesInFiringAlarm({ message }: SmnSample): ReadonlySet<string> {
  if (typeof message === 'string' || message['alarm_status'] === 'ok' || Number(message['ends_at']) > 0)
    return new Set();
  const places = [message['template_variable'], message['metadata']];
  const values = places.flatMap((place) =>
    typeof place === 'object' && place !== null ? Object.values(place) : [],
  );
  return new Set(values.map(String));
}

/** A text for the alarm in place of its fingerprint: its subject. */
export function describeAlarm({ subject }: SmnSample): string {
  return typeof subject === 'string' ? excerpt(subject, 80) : 'the alarm';
}
