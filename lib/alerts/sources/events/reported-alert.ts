import { ReportedAlert } from '#events/reported-alert';
import { isRecord } from '#lib/is-record';
import { describeIssues } from '#lib/issues';
import { fingerprintOf } from '../fingerprint.ts';
import { grafanaState } from '../grafana-state.ts';
import { texts, UNKNOWN_START } from '../texts.ts';
import type { Report } from './gather.ts';

/** The facts of an event around its data. */
export type Carrier = {
  /** The name of the source in rules. */
  source: string;
  id: string;
  type: string;
  /** The origin of the event, by its producer's word: alerts of different origins are different. */
  origin: string;
  /** The time of the event, RFC 3339. */
  time?: string | undefined;
  /** Labels beside those of the data. The data cannot set them. */
  labels: Readonly<Record<string, string | undefined>>;
};

/** The types of events that say by themselves that they report an alert. */
const OWN_TYPE = /^io\.poolkeeper\.alert(?:\.(firing|resolved))?$/;

/** Whether an event claims to be an alert in our own shape: by its type, or by a status in its data. */
export function isOwnAlert(data: unknown, type: string): boolean {
  return OWN_TYPE.test(type) || (isRecord(data) && data['status'] !== undefined);
}

/** The alert in the data of an event, in our own shape. Anything else is no alert. A contradiction is not read. */
export function readReportedAlert(data: unknown, carrier: Carrier): Report {
  const { id: name, type } = carrier;
  const own = OWN_TYPE.exec(type);
  if (!isRecord(data) || (own === null && data['status'] === undefined)) {
    if (own === null) return { kind: 'other', name, why: noAlert(type), labels: texts(carrier.labels) };
    return {
      kind: 'unreadable',
      name,
      why: 'its data must be an object: docs/alerting/events.md has its fields',
    };
  }
  if (Array.isArray(data['alerts']))
    return {
      kind: 'unreadable',
      name,
      why: 'its data is the notification of an Alertmanager: let that post to /alerts/alertmanager itself',
    };
  const parsed = ReportedAlert.safeParse(withoutNulls(data));
  if (!parsed.success)
    return { kind: 'unreadable', name, why: `its data cannot be read: ${describeIssues(parsed.error)}` };
  const alert = parsed.data;
  const byType = own?.[1] === 'firing' || own?.[1] === 'resolved' ? own[1] : undefined;
  const status = alert.status ?? byType;
  const problem = contradiction(alert, byType) ?? (status ? undefined : 'status: is mandatory');
  if (problem !== undefined || status === undefined)
    return { kind: 'unreadable', name, why: `its data cannot be read: ${problem}` };
  return { kind: 'alert', alert: received(alert, status, carrier) };
}

/**
 * A resolution without any time has no end of its own: it counts from its receipt, and a copy of the same message closes the same episodes.
 */
function received(alert: ReportedAlert, status: 'firing' | 'resolved', carrier: Carrier) {
  const { labels = {}, annotations = {}, node, pool, startsAt } = alert;
  const { source, type, origin, time } = carrier;
  const own = { ...labels, ...texts({ node, pool }) };
  const endsAt = alert.endsAt ?? time;
  const event = alert.event ?? (OWN_TYPE.test(type) ? undefined : type);
  return {
    source,
    status,
    severity: alert.severity ?? (Object.hasOwn(labels, 'severity') ? labels['severity'] : undefined),
    event,
    labels: { ...own, ...texts(carrier.labels) },
    annotations,
    // A broker may carry the alerts of Grafana.
    ...grafanaState({ status, labels: own, annotations }),
    fingerprint:
      alert.fingerprint ?? fingerprintOf({ ...own, ...texts({ event: alert.event }), '(origin)': origin }),
    ...(status === 'firing'
      ? { startsAt: utc(startsAt) ?? UNKNOWN_START, saidAt: utc(time) }
      : {
          startsAt: utc(startsAt ?? endsAt) ?? UNKNOWN_START,
          ...(endsAt !== undefined && { endsAt: utc(endsAt) ?? endsAt }),
        }),
  };
}

/** The reason why data says two things at once, or too little to know the alert by. */
function contradiction(alert: ReportedAlert, byType: string | undefined): string | undefined {
  const { status, labels = {}, node, pool, fingerprint } = alert;
  if (status !== undefined && byType !== undefined && status !== byType)
    return `status: is ${status}, and the type of the event says ${byType}`;
  for (const [name, value] of Object.entries({ node, pool })) {
    if (value !== undefined && Object.hasOwn(labels, name) && labels[name] !== value)
      return `labels.${name}: is not the ${name} beside it`;
  }
  const isKnown = fingerprint !== undefined || node !== undefined || Object.keys(labels).length > 0;
  return isKnown ? undefined : 'fingerprint: must be there where there are neither labels nor a node';
}

function noAlert(type: string): string {
  return `an event of type ${JSON.stringify(type.slice(0, 100))} is no alert: its data has no status, and is no event of Kubernetes`;
}

function withoutNulls(data: Record<string, unknown>): Record<string, unknown> {
  const parts = Object.entries(present(data)).map(([name, value]) => [
    name,
    (name === 'labels' || name === 'annotations') && isRecord(value) ? present(value) : value,
  ]);
  return Object.fromEntries(parts);
}

function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function utc(time: string | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}
