import { isKubernetesEvent, KubernetesEvent } from '#events/kubernetes-event';
import { beyondBounds, type JsonBounds } from '#lib/bounds';
import { contentId } from '#lib/hash';
import type { ReceivedAlert } from '../source.ts';
import { texts, UNKNOWN_START } from '../texts.ts';
import { isDeviceFault, readDeviceFault } from './device-fault.ts';
import type { Report } from './gather.ts';
import { isConditionChange, readConditionChange } from './node-condition.ts';
import type { Carrier } from './reported-alert.ts';

/** An event of Kubernetes has at most 1 KB of message; exporters add the labels of the object. */
const BOUNDS: JsonBounds = { depth: 24, values: 5_000, bytes: 256 * 1024 };

/** The facts around an event of Kubernetes, where something carries it. */
export type EventCarrier = Pick<Carrier, 'source' | 'labels'> & Partial<Carrier>;

/**
 * The alert in an event of Kubernetes: a fault that the Ascend device plugin reports, or a changed condition of a node that
 * node-problem-detector reports. Any other event is no alert.
 */
export function readKubernetesEvent(value: unknown, carrier: EventCarrier): Report {
  const tooMuch = beyondBounds(value, BOUNDS);
  if (tooMuch !== undefined) return { kind: 'unreadable', name: carrier.id, why: `it ${tooMuch}` };
  if (!isKubernetesEvent(value))
    return {
      kind: 'unreadable',
      name: carrier.id,
      why: 'it is no event of Kubernetes: it does not have the object that it is about, involvedObject or regarding',
    };
  const event = KubernetesEvent.parse(value);
  const report = reportOf(event);
  if (report.kind !== 'alert') return { ...report, name: carrier.id ?? nameOf(event) };
  const { labels, annotations, fingerprint, ...rest } = report.alert;
  return {
    kind: 'alert',
    alert: {
      ...rest,
      source: carrier.source,
      labels: { ...labels, ...texts({ cluster: event.clusterName, ...carrier.labels }) },
      annotations,
      fingerprint: contentId([fingerprint, event.clusterName, carrier.origin]).slice(0, 16),
      ...messageOf(event, report.alert, carrier),
    },
  };
}

function reportOf(event: KubernetesEvent): Report {
  const { message = '', involvedObject } = event;
  if (isDeviceFault(message)) return readDeviceFault(event);
  if (isConditionChange(message)) return readConditionChange(event);
  return {
    kind: 'other',
    why: 'it is an event of Kubernetes, but no fault of the Ascend device plugin and no change of the condition of a node',
    labels: texts({
      reason: event.reason,
      kind: involvedObject.kind,
      node: involvedObject.kind === 'Node' ? involvedObject.name : undefined,
    }),
  };
}

function nameOf({ metadata: { namespace, name } }: KubernetesEvent): string | undefined {
  return name === undefined ? undefined : [namespace, name].filter((part) => part !== undefined).join('/');
}

/**
 * An exporter that starts again sends the events of the last hour again. An event is known by its uid and its version; without them, by
 * its words and its time. Without a time, the same words may be news.
 */
function messageOf(
  { metadata: { uid, resourceVersion }, clusterName }: KubernetesEvent,
  alert: ReceivedAlert,
  { origin }: EventCarrier,
): Pick<ReceivedAlert, 'messageId'> {
  if (uid !== undefined && resourceVersion !== undefined)
    return { messageId: contentId([origin, clusterName, uid, resourceVersion]) };
  return alert.startsAt === UNKNOWN_START ? {} : { messageId: contentId([origin, clusterName, alert]) };
}
