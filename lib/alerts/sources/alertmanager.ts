import { AlertmanagerAlert, AlertmanagerBody, readPostedAlert } from '#events/alertmanager';
import { excerpt } from '#lib/bounds';
import { admit, parseBody } from '#lib/handler/on-http';
import { describeIssues } from '#lib/issues';
import { fingerprintOf } from './fingerprint.ts';
import { grafanaState } from './grafana-state.ts';
import type { AlertSource, Delivery, ReceivedAlert } from './source.ts';

/** Lambda passes at most 6 MB to a function. Each alert of a delivery has bounds of its own. */
const DELIVERY_LIMITS = { maxBytes: 6 * 1024 * 1024 };

/** Prometheus Alertmanager, senders that post to one, and Grafana. They present a bearer token. */
export const alertmanager: AlertSource = {
  authenticate: admit,
  read: (request, { clock }) => ({
    kind: 'alerts',
    delivery: readAlertmanager(
      parseBody(request, AlertmanagerBody, DELIVERY_LIMITS),
      clock.now(),
      request.body.length,
    ),
  }),
};

/**
 * The alerts of a delivery, each read by itself and with its own status; times in UTC, to the millisecond.
 *
 * @param now epoch milliseconds. An alert of a bare list has resolved if it ended before. It is also the beginning of a
 * resolution without a readable one; the fingerprint says which alert it ends.
 */
export function readAlertmanager(body: AlertmanagerBody, now: number, bytes = 0): Delivery {
  const { alerts, receiver, truncatedAlerts } =
    'posted' in body ? { ...NO_ENVELOPE, alerts: body.posted } : body.notification;
  const delivery: Delivery = {
    source: 'alertmanager',
    bytes,
    ...(receiver !== undefined && { receiver: excerpt(receiver, 200) }),
    truncated: truncatedAlerts,
    alerts: [],
    unreadable: [],
  };
  for (const [index, sent] of alerts.entries()) {
    const parsed = 'posted' in body ? readPostedAlert(sent, now) : AlertmanagerAlert.safeParse(sent);
    if (parsed.success) {
      delivery.alerts.push(received(parsed.data, now));
    } else {
      const why = `it cannot be read: ${describeIssues(parsed.error)}`;
      delivery.unreadable.push({ alert: nameOf(sent) ?? `alerts[${index}]`, why: excerpt(why, 500) });
    }
  }
  return delivery;
}

const NO_ENVELOPE = { receiver: undefined, truncatedAlerts: 0 };

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
    ...grafanaState({ status, labels, annotations }),
  };
}

/** The name in answers and in the journal of an alert that cannot be read. */
function nameOf(sent: unknown): string | undefined {
  if (typeof sent !== 'object' || sent === null || !('fingerprint' in sent)) return undefined;
  const { fingerprint } = sent;
  return typeof fingerprint === 'string' && fingerprint !== '' ? excerpt(fingerprint, 200) : undefined;
}
