import * as z from 'zod';
import { beyondBounds, NOTE_BOUNDS, UtcTime } from '#lib/bounds';

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

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
      ),
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

/** Go's text for an unset time. */
const UNSET = '0001-01-01T00:00:00Z';

/** The beginning of an alert. If its sender does not know it, the time of receipt counts. */
const StartTime = z.unknown().transform((value, context): string => {
  if (value === UNSET) return '0001-01-01T00:00:00.000Z';
  const { data, error } = UtcTime.safeParse(value);
  if (data !== undefined) return data;
  context.addIssue({ code: 'custom', message: error.issues[0]?.message ?? 'must be a time' });
  return z.NEVER;
});

const FiringAlert = z.object({
  status: z.literal('firing'),
  labels: Labels,
  /** They only decide which rule matches. An unreadable one counts as absent. */
  annotations: z
    .unknown()
    .optional()
    .transform((value) => Labels.safeParse(value).data ?? {}),
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

/**
 * The webhook of Prometheus Alertmanager, version 4; Grafana sends the same shape as version 1. This checks only the
 * envelope. The group's own `status` says nothing about a single alert and is not read.
 *
 * @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export const AlertmanagerNotification = z.looseObject(
  {
    version: z.preprocess(
      (value) => (typeof value === 'number' ? String(value) : value),
      z.enum(['4', '1'], 'must be "4", as Alertmanager sends it, or "1", as Grafana does'),
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
    error: ({ input }) =>
      Array.isArray(input)
        ? 'is a list of alerts, as Prometheus and vmalert send it to an Alertmanager. Send it to one, and name this address in its webhook_configs'
        : 'must be the object that the webhook of an Alertmanager sends',
  },
);
export type AlertmanagerNotification = z.output<typeof AlertmanagerNotification>;
