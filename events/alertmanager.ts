import * as z from 'zod';

const Labels = z.record(z.string(), z.string());

/** A time as Alertmanager writes it: RFC 3339, of any precision, with any offset. */
const Time = z.iso.datetime({ offset: true });

const Alert = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: Labels,
  annotations: Labels.default({}),
  startsAt: Time,
  /** Year 0001 while the alert fires and nobody knows its end. */
  endsAt: Time.optional(),
  generatorURL: z.string().optional(),
  fingerprint: z.string().min(1).max(200),
});
export type AlertmanagerAlert = z.output<typeof Alert>;

/**
 * The webhook of Prometheus Alertmanager, version 4; Grafana sends the same shape as version 1. What newer versions add is
 * ignored. The group's own `status` says nothing about a single alert and is not read.
 *
 * @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export const AlertmanagerNotification = z.looseObject({
  version: z.enum(['4', '1']),
  groupKey: z.string().optional(),
  receiver: z.string().optional(),
  truncatedAlerts: z.int().nonnegative().optional(),
  alerts: z.array(Alert),
});
export type AlertmanagerNotification = z.output<typeof AlertmanagerNotification>;
