import type { Remediation } from './ledger.ts';

const MOST_NAMED = 4;

/** What a remediation is about, as short as a line can take: a node pool, its nodes, or how many there are. */
export function subjectOf({
  nodes,
  nodePool,
  node,
}: Pick<Remediation, 'nodes' | 'nodePool' | 'node'>): string {
  if (!nodes) return nodePool === undefined ? `the node pool of ${node}` : `node pool ${nodePool}`;
  return nodes.length <= MOST_NAMED ? nodes.join(', ') : `${nodes.length} nodes`;
}
