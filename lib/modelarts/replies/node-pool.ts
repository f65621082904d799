import * as z from 'zod';
import { createFieldReader } from './fields.ts';
import { itemsOf, listKind } from './listing.ts';
import { NodeCounts, noNodeCounts } from './node-counts.ts';
import { EntryName, section, TolerantNumber, TolerantText } from './tolerant.ts';

/** The desired state of a node pool: its `spec.resources`, with every field that the API sent. */
const Resources = section({
  flavor: TolerantText,
  count: TolerantNumber,
  maxCount: TolerantNumber,
  nodePool: TolerantText,
});
export type NodePoolResources = Partial<z.output<typeof Resources>>;

/** The fields of a node pool that may be odd without making the node pool unreadable. */
export type NodePoolField = 'resources' | 'nodeCounts';

const NamedNodePool = z.looseObject({
  metadata: section({ name: EntryName.nullish() }),
  spec: z
    .looseObject({ resources: z.looseObject({ nodePool: EntryName.nullish() }).nullish() })
    .nullish()
    .catch(undefined),
});

/** A node pool (page delete-node-pool, tables 2 to 14; docs/design/modelarts-api.md 3.1). */
export const NodePool = NamedNodePool.transform((entry, context) => {
  const name = entry.metadata.name ?? entry.spec?.resources?.nodePool;
  if (name === undefined || name === null) {
    context.addIssue({ code: 'custom', path: ['metadata', 'name'], message: 'is missing' });
    return z.NEVER;
  }
  const { read, unreadable } = createFieldReader<NodePoolField>(entry);
  const resources = read('resources', ['spec', 'resources'], Resources);
  const nodeCounts = read('nodeCounts', ['status', 'resources'], NodeCounts);
  const unknown = new Set(unreadable);
  if (!resources) unknown.add('resources');
  if (!nodeCounts) unknown.add('nodeCounts');
  return {
    name,
    resources: resources ?? {},
    /** The present state of the node pool. */
    nodeCounts: nodeCounts ?? noNodeCounts,
    /** Unknown fields: the API omits them or they are unreadable. Absent: none. */
    ...(unknown.size > 0 && { unknown: [...unknown] }),
  };
});
export type NodePool = z.output<typeof NodePool>;

export const NodePoolList = z
  .looseObject({ kind: listKind('NodePoolList'), items: itemsOf(NodePool) })
  .transform(({ items }) => ({ nodePools: items.items, unreadable: items.unreadable }));

/** The echo of an accepted update. It proves nothing: read the node pool (docs/design/modelarts-api.md 10, row 19). */
export const PatchedNodePool = section({ spec: section({ resources: Resources }) }).transform(
  ({ spec: { resources } }) => ({ resources }),
);

/** An accepted deletion: the node pool as it was, if the API shows it. It is gone only when it can no longer be read. */
export const DeletedNodePool = z.union([
  NodePool.transform((nodePool) => ({ nodePool })),
  section({}).transform(() => ({})),
]);
