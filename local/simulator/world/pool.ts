import type { Node } from './node.ts';
import { type NodePool, renderResourceCounts } from './node-pool.ts';

export interface Pool {
  /** `metadata.name`: what every URI has. */
  readonly id: string;
  readonly displayName: string;
  readonly clusterName: string;
  readonly billing: 'on-demand' | 'yearly-monthly';
  readonly createdAtRealMs: number;
  /** The pool's position among the pools: the second number of its nodes' addresses. */
  readonly number: number;
  readonly nodePools: Map<string, NodePool>;
  readonly nodes: Map<string, Node>;
  /** The number of nodes it ever had: the next node's number. */
  nodesEver: number;
}

export const nodesOf = (pool: Pool, nodePool: NodePool): Node[] =>
  pool.nodes
    .values()
    .filter((node) => node.nodePool === nodePool.name)
    .toArray();

/**
 * The pool as `GET …/pools/{pool_name}` shows it (docs/design/modelarts-api.md 3.2). Its `status.resources` hold a list per state,
 * because this shape can show more than one node pool; the documents have both.
 */
export const renderPool = (pool: Pool) => {
  const nodePools = [...pool.nodePools.values()];
  const counts = nodePools.flatMap((nodePool) =>
    Object.entries(renderResourceCounts(nodePool, nodesOf(pool, nodePool))),
  );
  const countsByState = Map.groupBy(counts, ([state]) => state);
  return {
    apiVersion: 'v2',
    kind: 'Pool',
    metadata: {
      name: pool.id,
      creationTimestamp: new Date(pool.createdAtRealMs).toISOString().replace(/\.\d+/, ''),
      labels: { 'os.modelarts/name': pool.displayName, 'os.modelarts/workspace.id': '0' },
      annotations: { 'os.modelarts/billing.mode': pool.billing === 'yearly-monthly' ? '1' : '0' },
    },
    spec: {
      type: 'Dedicate',
      scope: ['Train'],
      controlMode: 0,
      resources: nodePools.map((nodePool) => nodePool.resources),
    },
    status: {
      phase: 'Running',
      message: '',
      clusters: [{ name: pool.clusterName }],
      resources: Object.fromEntries(
        countsByState.entries().map(([state, entries]) => [state, entries.map(([, count]) => count)]),
      ),
    },
  };
};
