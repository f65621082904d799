import * as z from 'zod';
import { createFieldReader } from './fields.ts';
import { itemsOf, type Unreadable } from './listing.ts';
import { NodeCounts, noNodeCounts } from './node-counts.ts';
import { EntryName, section, TolerantNumber, TolerantText } from './tolerant.ts';

/** What a node pool is to be: its `spec.resources`, with every field that the API sent. */
export type NodePoolResources = {
  readonly flavor?: string | undefined;
  readonly count?: number | undefined;
  readonly maxCount?: number | undefined;
  readonly nodePool?: string | undefined;
  readonly [field: string]: unknown;
};

const Resources = section({
  flavor: TolerantText,
  count: TolerantNumber,
  maxCount: TolerantNumber,
  nodePool: TolerantText,
});

/** The fields of a node pool that may be odd without making the node pool unreadable. */
export type NodePoolField = 'resources' | 'nodeCounts';

/** A node pool (page delete-node-pool, tables 2 to 14; docs/modelarts-api.md 3.1). */
export type NodePool = {
  readonly name: string;
  readonly resources: NodePoolResources;
  /** Nodes in each state: what the node pool is now. */
  readonly nodeCounts: NodeCounts;
  /** Fields of which nothing is known: the API does not say them, or what it says cannot be read. Absent: none. */
  readonly unknown?: readonly NodePoolField[] | undefined;
};

const NamedNodePool = z.looseObject({
  metadata: section({ name: EntryName.nullish() }),
  spec: z
    .looseObject({ resources: z.looseObject({ nodePool: EntryName.nullish() }).nullish() })
    .nullish()
    .catch(undefined),
});

export const NodePool = NamedNodePool.transform((entry, context): NodePool => {
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
    nodeCounts: nodeCounts ?? noNodeCounts,
    ...(unknown.size > 0 && { unknown: [...unknown] }),
  };
});

export type NodePoolList = {
  readonly nodePools: readonly NodePool[];
  /** Entries that cannot be read. Absent: none. */
  readonly unreadable?: readonly Unreadable[];
};

export const NodePoolList = z
  .looseObject({ items: itemsOf(NodePool) })
  .transform(({ items }): NodePoolList => ({ nodePools: items.items, unreadable: items.unreadable }));

/** What an accepted update echoes. No proof of anything: read the node pool (docs/modelarts-api.md 10, row 19). */
export type PatchedNodePool = { readonly resources: NodePoolResources };

export const PatchedNodePool = section({ spec: section({ resources: Resources }) }).transform(
  ({ spec: { resources } }): PatchedNodePool => ({ resources }),
);

/** An accepted deletion: the node pool as it was, where the API told it. It is gone only when it can no longer be read. */
export type DeletedNodePool = { readonly nodePool?: NodePool | undefined };

export const DeletedNodePool = z.union([
  NodePool.transform((nodePool): DeletedNodePool => ({ nodePool })),
  section({}).transform((): DeletedNodePool => ({})),
]);
