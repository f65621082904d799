import { isIP } from 'node:net';
import * as z from 'zod';
import { timeIn } from '#lib/time-text';
import { createFieldReader } from './fields.ts';
import { itemsOf, listKind } from './listing.ts';
import { EntryName, section, TextMap, TolerantNumber, TolerantText } from './tolerant.ts';

/** The fields of a node that may be odd without making the node unreadable. */
export type NodeField =
  | 'phase'
  | 'privateIp'
  | 'driverPhase'
  | 'driverVersion'
  | 'os'
  | 'plugins'
  | 'labels'
  | 'annotations'
  | 'flavor'
  | 'subnet'
  | 'taints'
  | 'createdAt';

const Taints = z.array(
  z
    .looseObject({ key: z.string(), value: TolerantText, effect: TolerantText })
    .transform(({ key, value, effect }) => ({ key, value, effect })),
);
const Plugins = z.array(
  z
    .looseObject({ name: EntryName, version: TolerantText })
    .transform(({ name, version }) => ({ name, ...(version !== undefined && { version }) })),
);
const Text = z.string().min(1);
const Address = Text.refine((text) => isIP(text) !== 0);
const Time = Text.refine((text) => timeIn(text) !== undefined);

/** A node of a pool (docs/design/modelarts-api.md 2.2). Its resource tags cannot be read. */
export const PoolNode = z.looseObject({ metadata: z.looseObject({ name: EntryName }) }).transform((entry) => {
  const { read, unreadable } = createFieldReader<NodeField>(entry);
  return {
    name: entry.metadata.name,
    /** `Available`, `Creating`, `Deleting`, `Abnormal`, `Checking`, or an unknown word; empty if absent. */
    phase: read('phase', ['status', 'phase'], Text) ?? '',
    privateIp: read('privateIp', ['status', 'privateIp'], Address),
    /** The phase of the accelerator's driver: `Running`, `Abnormal`, `Pending` or `Updating`. */
    driverPhase: read('driverPhase', ['status', 'driver', 'phase'], Text),
    driverVersion: read('driverVersion', ['status', 'driver', 'version'], Text),
    /** The name of its operating system. */
    os: read('os', ['status', 'os', 'name'], Text),
    plugins: read('plugins', ['status', 'plugins'], Plugins),
    labels: read('labels', ['metadata', 'labels'], TextMap) ?? {},
    annotations: read('annotations', ['metadata', 'annotations'], TextMap) ?? {},
    flavor: read('flavor', ['spec', 'flavor'], Text),
    subnet: read('subnet', ['spec', 'hostNetwork', 'subnet'], Text),
    taints: read('taints', ['status', 'taints'], Taints) ?? [],
    /** As the API writes it. */
    createdAt: read('createdAt', ['metadata', 'creationTimestamp'], Time),
    /**
     * Fields that the API shows but that are unknown: they are unreadable, or two entries of the list contradict each other.
     * Their values above are those of an absent field. Absent: none.
     */
    ...(unreadable.length > 0 && { unreadable }),
  };
});
/** `driverMissing`: it shows no driver although it should. `driverPhase` is then among `unreadable`. */
export type PoolNode = z.output<typeof PoolNode> & { driverMissing?: true };

/** Whether a node's field is present but unreliable. */
export function isUnreadable({ unreadable = [] }: Pick<PoolNode, 'unreadable'>, field: NodeField): boolean {
  return unreadable.includes(field);
}

/** One page of a node list. */
export const PoolNodePage = z
  .looseObject({
    metadata: section({ continue: z.string().nullish(), remainingItemCount: TolerantNumber }),
    kind: listKind('NodeList'),
    items: itemsOf(PoolNode),
  })
  .transform(({ metadata, items }) => ({
    nodes: items.items,
    unreadable: items.unreadable,
    /** The `continue` of the next page. Absent on the last. */
    continueToken: metadata.continue || undefined,
    /** Number of nodes after this page, if the API says so. */
    remaining: metadata.remainingItemCount,
  }));
