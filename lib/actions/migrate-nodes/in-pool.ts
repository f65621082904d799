import type { PoolNode } from '#lib/modelarts/replies/pool-node';

/** Labels of a node that say where in its pool it is (docs/modelarts-api.md 2.3). */
const CLUSTER = 'os.modelarts.node/cluster';
const NODE_POOL = ['os.modelarts.node/nodepoolname', 'os.modelarts.node/nodepool'] as const;

/**
 * Why a node that is moved within its pool has not come to the cluster and the node pool that its request names, by its labels.
 * Undefined where it has, or where its labels do not tell.
 */
export function notYetThere(
  { labels }: PoolNode,
  request: Readonly<Record<string, unknown>>,
): string | undefined {
  const { toClusterName, resourceSpec } = request;
  const cluster = labels[CLUSTER];
  if (cluster !== undefined && typeof toClusterName === 'string' && cluster !== toClusterName)
    return `the node is in cluster ${cluster}, and it was to go to ${toClusterName}`;
  const { nodePool }: { nodePool?: unknown } = Object(resourceSpec);
  const shown = NODE_POOL.flatMap((label) => labels[label] ?? []);
  if (shown.length > 0 && typeof nodePool === 'string' && !shown.includes(nodePool))
    return `the node is in node pool ${shown[0]}, and it was to go to ${nodePool}`;
  return undefined;
}
