import { randomUUID } from 'node:crypto';

/** The facts that the sender of an alert gives. */
export type AlertOptions = {
  alertname: string;
  pool: string;
  /** A node's name or address. */
  instance: string;
  status?: 'firing' | 'resolved';
  startsAt?: string;
  endsAt?: string;
  fingerprint?: string;
};

/** One alert as Alertmanager writes it; its fingerprint is made up where none is given. */
export function alert(options: AlertOptions): object {
  const { alertname, pool, instance, status = 'firing', startsAt, endsAt, fingerprint } = options;
  return {
    status,
    labels: { alertname, pool, instance, severity: 'critical' },
    annotations: { summary: `${alertname} on ${instance}` },
    startsAt: startsAt ?? new Date(Date.now() - 1000).toISOString(),
    endsAt: endsAt ?? '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus.example/graph',
    fingerprint: fingerprint ?? randomUUID().replaceAll('-', '').slice(0, 16),
  };
}

/** The webhook's envelope, version 4. */
export function notification(alerts: readonly object[]): object {
  return {
    version: '4',
    groupKey: '{}:{alertname="x"}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'poolkeeper',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example',
    alerts,
  };
}
