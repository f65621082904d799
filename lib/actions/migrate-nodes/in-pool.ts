import { isUnreadable, type PoolNode } from '#lib/modelarts/replies/pool-node';

/** The labels with a node's cluster and node pool (docs/design/modelarts-api.md 2.3). */
const CLUSTER = 'os.modelarts.node/cluster';
const NODE_POOL = ['os.modelarts.node/nodepoolname', 'os.modelarts.node/nodepool'] as const;

/** Why a node has not arrived. `notKnown`: its labels hide it. */
type Elsewhere = { why: string; notKnown?: true };

/**
 * The reason why a node that moves within its pool has not arrived in the requested cluster and node pool, by its labels. Undefined
 * if it has arrived, or if no node of the pool shows such a label.
 */
export function notYetThere(
  node: PoolNode,
  request: Readonly<Record<string, unknown>>,
  nodes: readonly PoolNode[],
): Elsewhere | undefined {
  const { toClusterName, resourceSpec } = request;
  const { nodePool }: { nodePool?: unknown } = Object(resourceSpec);
  return (
    otherThan(toClusterName, 'cluster', [CLUSTER], node, nodes) ??
    otherThan(nodePool, 'node pool', NODE_POOL, node, nodes)
  );
}

function otherThan(
  wanted: unknown,
  what: string,
  names: readonly string[],
  node: PoolNode,
  nodes: readonly PoolNode[],
): Elsewhere | undefined {
  if (typeof wanted !== 'string') return undefined;
  const shownBy = ({ labels }: PoolNode) => names.flatMap((name) => labels[name] ?? []);
  const shown = shownBy(node);
  if (shown.includes(wanted)) return undefined;
  if (shown.length > 0) return { why: `the node is in ${what} ${shown[0]}, not in ${wanted}` };
  const isHidden = isUnreadable(node, 'labels') || nodes.some((other) => shownBy(other).length > 0);
  return isHidden ? { why: `the API does not show the ${what} of the node`, notKnown: true } : undefined;
}
