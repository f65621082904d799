import * as z from 'zod';
import { createFieldReader } from './fields.ts';
import { itemsOf, listKind } from './listing.ts';
import { NodeCounts } from './node-counts.ts';
import { Count, EntryName, listOf, TextMap } from './tolerant.ts';

/** The fields of a pool that may be odd without making the pool unreadable. */
export type PoolField =
  | 'displayName'
  | 'type'
  | 'phase'
  | 'message'
  | 'controlMode'
  | 'clusters'
  | 'nodeCounts'
  | 'labels'
  | 'annotations';

const Cluster = z.union([z.string(), z.looseObject({ name: z.string() }).transform(({ name }) => name)]);
const Text = z.string().min(1);

/** A resource pool (docs/design/modelarts-api.md 3.2). */
export const Pool = z.looseObject({ metadata: z.looseObject({ name: EntryName }) }).transform((entry) => {
  const { read, unreadable } = createFieldReader<PoolField>(entry);
  const labels = read('labels', ['metadata', 'labels'], TextMap) ?? {};
  return {
    /** The pool's id, as it stands in every URI. */
    name: entry.metadata.name,
    /** Its name for people. */
    displayName: labels['os.modelarts/name'],
    /** `Dedicate` or `Logical`. */
    type: read('type', ['spec', 'type'], Text),
    /** `Creating`, `Running`, `Abnormal`, `Deleting`, `Error`, or an unknown word; empty if absent. */
    phase: read('phase', ['status', 'phase'], Text) ?? '',
    message: read('message', ['status', 'message'], Text),
    /** Flags, added up: 0 is free; any other value forbids some change. */
    controlMode: read('controlMode', ['spec', 'controlMode'], Count),
    /** Names of its clusters. */
    clusters: read('clusters', ['status', 'clusters'], listOf(Cluster)) ?? [],
    /** Undefined: this answer counts none. */
    nodeCounts: read('nodeCounts', ['status', 'resources'], NodeCounts),
    labels,
    annotations: read('annotations', ['metadata', 'annotations'], TextMap) ?? {},
    /** Fields that the API shows but that are unreadable. Absent: none. */
    ...(unreadable.length > 0 && { unreadable }),
  };
});
export type Pool = z.output<typeof Pool>;

/** The pools of a project. */
export const PoolList = z
  .looseObject({ kind: listKind('PoolList'), items: itemsOf(Pool) })
  .transform(({ items }) => ({ pools: items.items, unreadable: items.unreadable }));
