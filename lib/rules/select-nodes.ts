import { isUnreadable, type PoolNode } from '#lib/modelarts/replies/pool-node';
import { allMatch, anyMatches } from './match.ts';
import type { NodeSelector } from './rules.ts';

/** The labels with a node pool's name and id (docs/design/modelarts-api.md, 2.3). */
const NODE_POOL_LABELS = ['os.modelarts.node/nodepoolname', 'os.modelarts.node/nodepool'];

/** Whether a node meets every condition of a selector. An absent field or label matches nothing. */
export function selects(
  { flavor, nodePool, name, labels }: NodeSelector,
  node: Pick<PoolNode, 'name' | 'flavor' | 'labels'>,
): boolean {
  return (
    (name === undefined || anyMatches(name, node.name)) &&
    (flavor === undefined || anyMatches(flavor, node.flavor)) &&
    (nodePool === undefined || NODE_POOL_LABELS.some((label) => anyMatches(nodePool, node.labels[label]))) &&
    allMatch(labels, node.labels)
  );
}

/**
 * Whether a reading does not tell if a selector means a node: a field that it compares is unreadable, or is missing, which may be
 * the fault of this one answer.
 */
export function isUnclear(
  { flavor, nodePool, labels }: NodeSelector,
  node: Pick<PoolNode, 'flavor' | 'labels' | 'unreadable'>,
): boolean {
  const readsLabels = nodePool !== undefined || Object.keys(labels).length > 0;
  const hasLabels = Object.keys(node.labels).length > 0 && !isUnreadable(node, 'labels');
  return (flavor !== undefined && node.flavor === undefined) || (readsLabels && !hasLabels);
}
