import { randomUUID } from 'node:crypto';
import * as z from 'zod';

const CloudEvent = z.looseObject({ specversion: z.string(), id: z.string() });
const KubernetesEvent = z.looseObject({
  involvedObject: z.looseObject({}),
  metadata: z.looseObject({}).optional(),
  message: z.string().optional(),
});
const Detailed = z.looseObject({
  'detail-type': z.string().refine((type) => type !== 'Scheduled Event'),
  detail: z.looseObject({}),
});
const AlarmAction = z.looseObject({ alarmData: z.looseObject({}) });
const SnsEvent = z.looseObject({
  Records: z.array(z.looseObject({ Sns: z.looseObject({ Message: z.string() }) })).min(1),
});

/** An event of a sample, by its receiver: two routes, and the function that AWS invokes. */
export type EventPayload =
  | { kind: 'cloudevents'; body: CloudEventSample | CloudEventSample[] }
  | { kind: 'kubernetes'; body: z.output<typeof KubernetesEvent> }
  | { kind: 'aws-event'; body: Record<string, unknown> };
type CloudEventSample = z.output<typeof CloudEvent>;

/** The schema of each kind. */
export const eventSchemas = {
  cloudevents: z.union([
    CloudEvent,
    z.array(z.looseObject({ specversion: z.string(), id: z.string() })).min(1),
  ]),
  kubernetes: KubernetesEvent,
  'aws-event': z.union([Detailed, AlarmAction, SnsEvent]),
} as const;

/** Detects an event by its keys: `specversion`, `involvedObject`, `detail`, `alarmData` or `Records`. */
export function recognizeEvent(json: unknown): EventPayload | undefined {
  const cloudevent = eventSchemas.cloudevents.safeParse(json);
  if (cloudevent.success) return { kind: 'cloudevents', body: cloudevent.data };
  const kubernetes = KubernetesEvent.safeParse(json);
  if (kubernetes.success) return { kind: 'kubernetes', body: kubernetes.data };
  const aws = eventSchemas['aws-event'].safeParse(json);
  return aws.success ? { kind: 'aws-event', body: aws.data } : undefined;
}

/** Names that identify one event. A sample that is sent twice is no copy. */
const IDS = ['id', 'uid', 'MessageId'];

/** Times of the event and of the state in it. */
const TIMES = [
  'time',
  'timestamp',
  'StateChangeTime',
  'eventTime',
  'firstTimestamp',
  'lastTimestamp',
  'creationTimestamp',
  'startsAt',
  'endsAt',
];

/** Parts that say how it was before, or what is measured. */
const KEPT = ['previousState', 'configuration', 'involvedObject'];

/** The same event with an id of its own, as if it happened now. */
export function eventAsOfNow(payload: EventPayload, nowMs: number): EventPayload {
  return recognizeEvent(refreshed(payload.body, new Date(nowMs).toISOString())) ?? payload;
}

function refreshed(value: unknown, now: string): unknown {
  if (Array.isArray(value)) return value.map((one) => refreshed(one, now));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]: [string, unknown]) => {
      if (KEPT.includes(name)) return [name, one];
      if (typeof one === 'object') return [name, refreshed(one, now)];
      if (IDS.includes(name)) return [name, randomUUID()];
      if (TIMES.includes(name)) return [name, now];
      // The alarm in a message of SNS.
      const isMessage = name === 'Message' && typeof one === 'string';
      return [name, isMessage ? JSON.stringify(refreshed(JSON.parse(one), now)) : one];
    }),
  );
}

/** Every word in a firing event that may name a node. */
export function namesInFiringEvent({ kind, body }: EventPayload): ReadonlySet<string> {
  const words = JSON.stringify(body).split(/[^A-Za-z0-9.:_-]+/);
  const text = JSON.stringify(body);
  const fires = {
    cloudevents: /"io\.poolkeeper\.alert\.firing"|"status":"firing"/,
    kubernetes: /assertion:Occur|is now: True/,
    'aws-event': /"state":\{"value":"ALARM"|"NewStateValue\\":\\"ALARM|"status":"firing"/,
  }[kind];
  return new Set(fires.test(text) ? words.map((word) => word.replace(/^nodeName:/, '')) : []);
}
