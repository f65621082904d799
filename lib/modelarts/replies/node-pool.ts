import * as z from 'zod';
import { NodeCounts } from './node-counts.ts';
import { listOf, section, TolerantNumber, TolerantText } from './tolerant.ts';

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

/** A node pool (page delete-node-pool, tables 2 to 14; docs/modelarts-api.md 3.1). */
export type NodePool = {
  readonly name: string;
  readonly resources: NodePoolResources;
  /** Nodes in each state: what the node pool is now. */
  readonly nodeCounts: NodeCounts;
};

export const NodePool = z
  .looseObject({
    metadata: section({ name: TolerantText }),
    spec: section({ resources: Resources }),
    status: section({ resources: NodeCounts }),
  })
  .transform(({ metadata, spec: { resources }, status }, context): NodePool => {
    const name = metadata.name ?? resources.nodePool;
    if (name !== undefined) return { name, resources, nodeCounts: status.resources };
    context.addIssue({ code: 'custom', path: ['metadata', 'name'], message: 'is missing' });
    return z.NEVER;
  });

export type NodePoolList = { readonly nodePools: readonly NodePool[] };

export const NodePoolList = z
  .looseObject({ items: listOf(NodePool) })
  .transform(({ items }): NodePoolList => ({ nodePools: items }));

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
