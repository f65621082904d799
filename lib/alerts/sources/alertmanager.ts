import { AlertmanagerAlert, AlertmanagerNotification } from '#events/alertmanager';
import { excerpt } from '#lib/bounds';
import { admit, parseBody } from '#lib/handler/on-http';
import { describeIssues } from '#lib/issues';
import { fingerprintOf } from './fingerprint.ts';
import type { AlertSource, Delivery, ReceivedAlert } from './source.ts';

/** Lambda passes at most 6 MB to a function. Each alert of a delivery has bounds of its own. */
const DELIVERY_LIMITS = { maxBytes: 6 * 1024 * 1024 };

/** Prometheus Alertmanager and Grafana. They present a bearer token. */
export const alertmanager: AlertSource = {
  authenticate: admit,
  read: (request, { clock }) => ({
    kind: 'alerts',
    delivery: readAlertmanager(
      parseBody(request, AlertmanagerNotification, DELIVERY_LIMITS),
      clock.now(),
      request.body.length,
    ),
  }),
};

/**
 * The alerts of an Alertmanager notification, each read by itself and with its own status; times in UTC, to the millisecond.
 *
 * @param now epoch milliseconds: when a resolution began whose beginning cannot be read. What it ends is told by its fingerprint.
 */
export function readAlertmanager(
  { alerts, truncatedAlerts, receiver }: AlertmanagerNotification,
  now: number,
  bytes = 0,
): Delivery {
  const delivery: Delivery = {
    source: 'alertmanager',
    bytes,
    ...(receiver !== undefined && { receiver: excerpt(receiver, 200) }),
    truncated: truncatedAlerts,
    alerts: [],
    unreadable: [],
  };
  for (const [index, sent] of alerts.entries()) {
    const parsed = AlertmanagerAlert.safeParse(sent);
    if (parsed.success) {
      delivery.alerts.push(received(parsed.data, now));
    } else {
      const why = `it cannot be read: ${describeIssues(parsed.error)}`;
      delivery.unreadable.push({ alert: nameOf(sent) ?? `alerts[${index}]`, why: excerpt(why, 500) });
    }
  }
  return delivery;
}

function received(alert: AlertmanagerAlert, now: number): ReceivedAlert {
  const { status, labels = {}, annotations, endsAt } = alert;
  return {
    source: 'alertmanager',
    status,
    labels,
    annotations,
    severity: Object.hasOwn(labels, 'severity') ? labels['severity'] : undefined,
    fingerprint: alert.fingerprint ?? fingerprintOf(labels),
    startsAt: alert.startsAt ?? endsAt ?? new Date(now).toISOString(),
    ...(endsAt !== undefined && { endsAt }),
  };
}

/** By what a person finds an alert that cannot be read. */
function nameOf(sent: unknown): string | undefined {
  if (typeof sent !== 'object' || sent === null || !('fingerprint' in sent)) return undefined;
  const { fingerprint } = sent;
  return typeof fingerprint === 'string' && fingerprint !== '' ? excerpt(fingerprint, 200) : undefined;
}
