import * as z from 'zod';
import { beyondBounds, canBeKey, NOTE_BOUNDS, UtcTime } from '#lib/bounds';
import { isRecord } from '#lib/is-record';

/** An optional field; null means absent. */
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => value ?? undefined, schema.optional());

/** A value that senders write as text, or as a number or truth value. Small structures become JSON. */
const LabelValue = z.unknown().transform((value, context): string => {
  if (typeof value === 'string') return value;
  const problem = beyondBounds(value, NOTE_BOUNDS);
  if (problem === undefined) return JSON.stringify(value);
  context.addIssue({ code: 'custom', message: problem });
  return z.NEVER;
});

/** Names with texts. A name whose value is null is absent. */
const Labels = z.preprocess(
  (labels) =>
    isRecord(labels)
      ? Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== null))
      : labels,
  z.record(z.string(), LabelValue, { error: 'must be an object of names and texts' }),
);

/** The limit for its JSON text: a remediation keeps up to 400 fingerprints. */
const MAX_FINGERPRINT_BYTES = 202;

/** Absent: computed from the labels. */
const Fingerprint = z.preprocess(
  (value) => (typeof value === 'number' ? String(value) : value === '' ? undefined : value),
  optional(
    z
      .string()
      .refine(
        (text) => Buffer.byteLength(JSON.stringify(text)) <= MAX_FINGERPRINT_BYTES,
        `must have at most ${MAX_FINGERPRINT_BYTES - 2} bytes`,
      )
      .refine(canBeKey, 'must not be __proto__'),
  ),
);

/**
 * The end of an alert. Alertmanager writes year 0001 as long as it is unknown. An unreadable time is unknown too, so that a
 * resolution does not get lost over it.
 */
const EndTime = z
  .unknown()
  .optional()
  .transform((value) => {
    const { data } = UtcTime.safeParse(value);
    return data !== undefined && Date.parse(data) > 0 ? data : undefined;
  });

const UNSET = '0001-01-01T00:00:00.000Z';

/** Go writes an unset time as the first moment of year 1, with or without a fraction. */
const isUnset = (value: unknown): boolean =>
  typeof value === 'string' && /^0001-01-01T00:00:00(?:\.0+)?Z$/.test(value);

/** The beginning of an alert. If its sender does not know it, the time of receipt counts. */
const StartTime = z.unknown().transform((value, context): string => {
  if (isUnset(value)) return UNSET;
  const { data, error } = UtcTime.safeParse(value);
  if (data !== undefined) return data;
  context.addIssue({ code: 'custom', message: error.issues[0]?.message ?? 'must be a time' });
  return z.NEVER;
});

/** An unreadable annotation counts as absent, and harms no other: one of them may say that the alert reports no fault. */
const Annotations = z
  .unknown()
  .optional()
  .transform((annotations) =>
    isRecord(annotations)
      ? Object.fromEntries(
          Object.entries(annotations).flatMap(([name, value]) => {
            const { data } = LabelValue.safeParse(value);
            return value === null || data === undefined ? [] : [[name, data]];
          }),
        )
      : {},
  );

const FiringAlert = z.object({
  status: z.literal('firing'),
  labels: Labels,
  annotations: Annotations,
  startsAt: StartTime,
  endsAt: EndTime,
  fingerprint: Fingerprint,
});

/** A resolution ends the alert of its fingerprint. It needs only that, or the labels if it has no fingerprint. */
const ResolvedAlert = z.object({
  ...FiringAlert.shape,
  status: z.literal('resolved'),
  labels: z
    .unknown()
    .optional()
    .transform((value) => Labels.safeParse(value).data),
  startsAt: z
    .unknown()
    .optional()
    .transform((value) => UtcTime.safeParse(value).data),
});

/**
 * One alert of a notification. Each is read by itself: an unreadable one does not harm its neighbours. Unknown fields of
 * newer senders are ignored.
 */
export const AlertmanagerAlert = z
  .discriminatedUnion('status', [FiringAlert, ResolvedAlert], {
    error: ({ input }) => (isRecord(input) ? 'must be "firing" or "resolved"' : 'an alert must be an object'),
  })
  .refine(({ fingerprint, labels }) => fingerprint !== undefined || labels !== undefined, {
    path: ['labels'],
    error: 'must be there where there is no fingerprint',
  });
export type AlertmanagerAlert = z.output<typeof AlertmanagerAlert>;

/** The end in a posted alert: absent, unset, or a time. */
const PostedEnd = z.preprocess(
  (value) => (value === null || value === '' || isUnset(value) ? undefined : value),
  UtcTime.optional(),
);

/** A list from the answer of an API also has alerts that are silenced or inhibited, or do not fire yet. */
const PostedState = z
  .unknown()
  .optional()
  .refine((value) => {
    const state = isRecord(value) ? value['state'] : value;
    return !['suppressed', 'unprocessed', 'pending', 'inactive'].includes(String(state));
  }, 'must not say that the alert is silenced, inhibited or pending');

const PostedFields = z.looseObject(
  { endsAt: PostedEnd, status: PostedState, state: PostedState },
  { error: 'an alert must be an object' },
);

/**
 * One alert as Prometheus, vmalert and Thanos Ruler post it to an Alertmanager: without a status. It has resolved if its end
 * lies before `now` (epoch milliseconds), and fires otherwise. Labels without a value count as absent. Both as in Alertmanager.
 *
 * @returns the alert in the form of a notification, for `AlertmanagerAlert`; or the error.
 * @see https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml `postableAlert`
 */
export function readPostedAlert(
  sent: unknown,
  now: number,
): { success: true; data: AlertmanagerAlert } | { success: false; error: z.ZodError } {
  const posted = PostedFields.safeParse(sent);
  if (!posted.success) return posted;
  const { endsAt, startsAt, labels, status } = posted.data;
  const isOver = status === 'resolved' || (endsAt !== undefined && Date.parse(endsAt) <= now);
  return AlertmanagerAlert.safeParse({
    ...posted.data,
    status: isOver ? 'resolved' : 'firing',
    startsAt: startsAt ?? UNSET,
    labels: isRecord(labels)
      ? Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''))
      : labels,
  });
}

/**
 * The webhook of Prometheus Alertmanager, version 4; Grafana sends the same shape as version 1, and relays omit the version. This checks
 * only the envelope. The group's own `status` says nothing about a single alert and is not read.
 *
 * @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export const AlertmanagerNotification = z.looseObject(
  {
    version: optional(
      z.preprocess(
        (value) => (typeof value === 'number' ? String(value) : value),
        z.enum(['4', '1'], 'must be "4", as Alertmanager sends it, or "1", as Grafana does'),
      ),
    ),
    /** The number of alerts that the sender omitted because of its `max_alerts`. */
    truncatedAlerts: z
      .unknown()
      .optional()
      .transform((value) => {
        const count = Number(value ?? 0);
        return Number.isSafeInteger(count) && count > 0 ? count : 0;
      }),
    receiver: z
      .unknown()
      .optional()
      .transform((value) => (typeof value === 'string' ? value : undefined)),
    alerts: z.array(z.unknown(), 'must be a list of alerts'),
  },
  {
    error:
      'must be the object that the webhook of an Alertmanager sends, or a list of alerts as Prometheus posts it to an Alertmanager',
  },
);
export type AlertmanagerNotification = z.output<typeof AlertmanagerNotification>;

/** The body of a delivery: a notification, or the bare list of alerts that an Alertmanager's own API takes. */
export const AlertmanagerBody = z.unknown().transform((body, context) => {
  if (Array.isArray(body)) {
    const posted: readonly unknown[] = body;
    return { posted };
  }
  if (isRecord(body) && 'evalMatches' in body) {
    const message =
      'is of the old alerting of Grafana, which Grafana has removed: use a contact point of its unified alerting';
    context.addIssue({ code: 'custom', message, path: ['evalMatches'] });
    return z.NEVER;
  }
  const notification = AlertmanagerNotification.safeParse(body);
  if (notification.success) return { notification: notification.data };
  for (const { message, path } of notification.error.issues)
    context.addIssue({ code: 'custom', message, path });
  return z.NEVER;
});
export type AlertmanagerBody = z.output<typeof AlertmanagerBody>;
