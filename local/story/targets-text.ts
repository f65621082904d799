import type { Remediation } from '#local/client/ledger';

const MOST_NAMED = 4;

/** A short name for the targets of a remediation: a node pool, its nodes, or their number. */
export function targetsText({
  nodes,
  nodePool,
  node,
}: Pick<Remediation, 'nodes' | 'nodePool' | 'node'>): string {
  if (!nodes) return nodePool === undefined ? `the node pool of ${node}` : `node pool ${nodePool}`;
  return nodes.length <= MOST_NAMED ? nodes.join(', ') : `${nodes.length} nodes`;
}
