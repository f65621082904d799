import { isKubernetesEvent } from '#events/kubernetes-event';
import type { ReadEvent } from './cloudevent-json.ts';
import type { Report } from './gather.ts';
import { readKubernetesEvent } from './kubernetes-event.ts';
import { readReportedAlert } from './reported-alert.ts';

/** The alert in the data of an event: one in our own shape, or an event of Kubernetes. The attributes are labels, too. */
export function readEvent(event: Extract<ReadEvent, { kind: 'event' }>): Report {
  const { context, data, noData } = event;
  const { id, type, source: origin, subject, time } = context;
  const labels = { ce_source: origin, ce_type: type, ce_subject: subject };
  const carrier = { source: 'cloudevents', id, type, origin, time, labels };
  if (noData !== undefined) return { kind: 'unreadable', name: id, why: noData };
  return isKubernetesEvent(data) ? readKubernetesEvent(data, carrier) : readReportedAlert(data, carrier);
}
