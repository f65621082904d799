import { isKubernetesEvent, unwrapEvent } from '#events/kubernetes-event';
import type { ReadEvent } from './cloudevent-json.ts';
import type { Report } from './gather.ts';
import { readKubernetesEvent } from './kubernetes-event.ts';
import { isOwnAlert, readReportedAlert } from './reported-alert.ts';

/** The alert in the data of an event: one in our own shape, or an event of Kubernetes. The attributes are labels, too. */
export function readEvent(event: Extract<ReadEvent, { kind: 'event' }>): Report {
  const { context, data, noData } = event;
  const { id, type, source: origin, subject, time } = context;
  const labels = { ce_source: origin, ce_type: type, ce_subject: subject };
  const carrier = { source: 'cloudevents', id, type, origin, time, labels };
  if (noData !== undefined) return { kind: 'unreadable', name: id, why: noData };
  if (isKubernetesEvent(data)) return readKubernetesEvent(data, carrier);
  const found = isOwnAlert(data, type) ? undefined : unwrapEvent(data);
  if (!found) return readReportedAlert(data, carrier);
  if (found.isDeleted)
    return { kind: 'other', name: id, why: 'the event was deleted, which says nothing about its node' };
  return readKubernetesEvent(found.event, carrier);
}
