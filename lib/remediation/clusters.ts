import type { Facts } from '#lib/guards/guard';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';

/** The label of a Lite pool's nodes that names their cluster (facts on the API, 2.3). */
const CLUSTER = 'os.modelarts.node/cluster';

/**
 * The terms of a migration, its cluster names filled in where the command leaves them out: a Lite pool's nodes carry their
 * cluster as a label, and a Standard pool is its own cluster (facts on the API, section 10, row 22).
 */
export function migrationTerms({
  remediation: { pool, parameters },
  node,
  reading,
}: Facts): Record<string, unknown> {
  const { toPoolName } = parameters;
  const to = typeof toPoolName === 'string' ? toPoolName : pool;
  const destination = to === pool ? reading.nodes : (reading.destinations.get(to) ?? []);
  return {
    fromClusterName: clusterOf(node ? [node] : []) ?? pool,
    toClusterName: clusterOf(destination) ?? to,
    ...parameters,
  };
}

function clusterOf(nodes: readonly PoolNode[]): string | undefined {
  return nodes.map(({ labels }) => labels[CLUSTER]).find((cluster) => cluster !== undefined);
}
