import type { PoolNode } from '#lib/modelarts/replies/pool-node';

/** The labels with a node's cluster and node pool (docs/modelarts-api.md 2.3). */
const CLUSTER = 'os.modelarts.node/cluster';
const NODE_POOL = ['os.modelarts.node/nodepoolname', 'os.modelarts.node/nodepool'] as const;

/**
 * The reason why a node that moves within its pool has not arrived in the requested cluster and node pool, by its labels. Undefined
 * if it has arrived, or if its labels do not show it.
 */
export function notYetThere(
  { labels }: PoolNode,
  request: Readonly<Record<string, unknown>>,
): string | undefined {
  const { toClusterName, resourceSpec } = request;
  const cluster = labels[CLUSTER];
  if (cluster !== undefined && typeof toClusterName === 'string' && cluster !== toClusterName)
    return `the node is in cluster ${cluster}, not in ${toClusterName}`;
  const { nodePool }: { nodePool?: unknown } = Object(resourceSpec);
  const shown = NODE_POOL.flatMap((label) => labels[label] ?? []);
  if (shown.length > 0 && typeof nodePool === 'string' && !shown.includes(nodePool))
    return `the node is in node pool ${shown[0]}, not in ${nodePool}`;
  return undefined;
}
