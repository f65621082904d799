import * as z from 'zod';
import { UtcTime } from '#lib/bounds';
import { isRecord } from '#lib/is-record';
import { LenientText, lenientPart } from './lenient.ts';

/** A time; Kubernetes writes null for an unset one, and exporters may write others. */
const Time = z
  .unknown()
  .optional()
  .transform((value) => UtcTime.safeParse(value).data);

const Fields = z.object({
  kind: LenientText,
  metadata: lenientPart({
    name: LenientText,
    namespace: LenientText,
    uid: LenientText,
    resourceVersion: LenientText,
  }),
  clusterName: LenientText,
  involvedObject: lenientPart({ kind: LenientText, namespace: LenientText, name: LenientText }),
  type: LenientText,
  reason: LenientText,
  message: LenientText,
  source: lenientPart({ component: LenientText, host: LenientText }),
  reportingComponent: LenientText,
  eventTime: Time,
  firstTimestamp: Time,
  lastTimestamp: Time,
});

/** The fields of events.k8s.io/v1 under the names of core/v1. */
const NAMES = {
  regarding: 'involvedObject',
  note: 'message',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  reportingController: 'reportingComponent',
} as const;

/**
 * An event of Kubernetes, of core/v1 or events.k8s.io/v1, as exporters forward it. kubernetes-event-exporter adds `clusterName`. No field
 * is mandatory here: the reader says which one it misses.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */
export const KubernetesEvent = z.preprocess((value) => {
  if (!isRecord(value)) return value;
  const renamed = Object.entries(NAMES).flatMap(([later, name]) =>
    value[name] === undefined && value[later] !== undefined ? [[name, value[later]]] : [],
  );
  return { ...value, ...Object.fromEntries(renamed) };
}, Fields);
export type KubernetesEvent = z.output<typeof KubernetesEvent>;

/** Where carriers of events put them: the watch of the API, eventrouter, kubewatch, the collector of OpenTelemetry, Elasticsearch. */
const WRAPPERS = ['object', 'event', 'obj', 'body', '_source'] as const;

/** The words of carriers for an event that is no more. */
const REMOVALS = /^(?:deleted?|removed?)$/i;

/**
 * An event of Kubernetes without the objects around it, and whether one of them says that the event was deleted. Undefined if there is
 * no event in them.
 */
export function unwrapEvent(value: unknown): { event: unknown; isDeleted: boolean } | undefined {
  let event = value;
  let isDeleted = false;
  // The collector has the watch of the API in the body of a log record.
  for (let depth = 0; depth <= 2; depth += 1) {
    if (isKubernetesEvent(event)) return { event, isDeleted };
    if (!isRecord(event)) return undefined;
    const { type, verb, operation } = event;
    isDeleted ||= [type, verb, operation].some((word) => typeof word === 'string' && REMOVALS.test(word));
    const around: Record<string, unknown> = event;
    const name = WRAPPERS.find((one) => isRecord(around[one]));
    event = name && around[name];
  }
  return undefined;
}

/** Whether a value claims to be an event of Kubernetes: no other payload has the object that it is about. */
export function isKubernetesEvent(value: unknown): boolean {
  return isRecord(value) && (isRecord(value['involvedObject']) || isRecord(value['regarding']));
}
