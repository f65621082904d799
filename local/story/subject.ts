import type { Remediation } from '#local/client/ledger';

const MOST_NAMED = 4;

/** The subject of a remediation in the fewest words: a node pool, its nodes, or their number. */
export function subjectOf({
  nodes,
  nodePool,
  node,
}: Pick<Remediation, 'nodes' | 'nodePool' | 'node'>): string {
  if (!nodes) return nodePool === undefined ? `the node pool of ${node}` : `node pool ${nodePool}`;
  return nodes.length <= MOST_NAMED ? nodes.join(', ') : `${nodes.length} nodes`;
}
