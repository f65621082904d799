import * as z from 'zod';
import { UtcTime } from '#lib/bounds';

/** A text; anything else, and an empty text, is absent. */
const Text = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined));

/** A time; Kubernetes writes null for an unset one, and exporters may write others. */
const Time = z
  .unknown()
  .optional()
  .transform((value) => UtcTime.safeParse(value).data);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const part = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.preprocess((value) => (isRecord(value) ? value : {}), z.object(shape));

const Fields = z.object({
  kind: Text,
  metadata: part({ name: Text, namespace: Text, uid: Text, resourceVersion: Text }),
  clusterName: Text,
  involvedObject: part({ kind: Text, namespace: Text, name: Text }),
  type: Text,
  reason: Text,
  message: Text,
  source: part({ component: Text, host: Text }),
  reportingComponent: Text,
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
