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

/** Whether a value claims to be an event of Kubernetes: no other payload has the object that it is about. */
export function isKubernetesEvent(value: unknown): boolean {
  return isRecord(value) && (isRecord(value['involvedObject']) || isRecord(value['regarding']));
}
