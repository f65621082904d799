import type { Remediation } from '#lib/ledger/remediation';
import { namedNode } from '#lib/modelarts/reading/named-node';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';

/** A node pool's name, in the labels of its nodes (docs/design/modelarts-api.md, 2.3). */
const LABEL = 'os.modelarts.node/nodepoolname';

/**
 * Adds the node pool of its node to a remediation, as a reading shows it; without a node pool if the reading does not show one. Once a
 * call is prepared, the node pool stays the same.
 */
export function withNodePool(remediation: Remediation, nodes: readonly PoolNode[]): Remediation {
  const { node, nodePool: known, nodePoolFound, callId } = remediation;
  const isGiven = known !== undefined && !nodePoolFound;
  if (node === undefined || isGiven || callId !== undefined) return remediation;
  const nodePool = namedNode(nodes, node).node?.labels[LABEL];
  return nodePool === undefined
    ? { ...remediation, nodePool: undefined, nodePoolFound: undefined }
    : { ...remediation, nodePool, nodePoolFound: true };
}
