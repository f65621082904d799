import type { Pool } from '#lib/modelarts/replies/pool';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { Destination } from './pool-reading.ts';

/** The label of a Lite pool's nodes that names their cluster (docs/design/modelarts-api.md 2.3). */
const CLUSTER = 'os.modelarts.node/cluster';

/** The clusters of a migration. `from` and `to` are those that the command names, if it does. */
export type Migration = {
  pool: string;
  toPool: string;
  from?: string | undefined;
  to?: string | undefined;
  node: PoolNode | undefined;
  nodes: readonly PoolNode[];
  destination: Destination | undefined;
};

/** The clusters of a migration. If the pool has more than one, `to` is undefined and `several` names them. */
export type Clusters = { from: string; to: string | undefined; several: readonly string[] };

/**
 * The source and the destination cluster of a migration. If the command does not name them, the nodes do: nodes of a
 * Lite pool carry their cluster as a label, and a Standard pool, whose nodes do not, uses its own id
 * (docs/design/modelarts-api.md 10, row 22). An empty Lite pool itself names its cluster (docs/design/modelarts-api.md 3.2).
 */
export function clustersOf(migration: Migration): Clusters {
  const { pool, toPool, node, nodes } = migration;
  const label = node?.labels[CLUSTER];
  const from = migration.from ?? label ?? onlyOne(labelled(nodes)) ?? pool;
  if (migration.to !== undefined) return { from, to: migration.to, several: [] };
  if (toPool === pool) return { from, to: from, several: [] };
  const names = clusterNames(migration);
  const [first = toPool] = names;
  return names.length > 1 ? { from, to: undefined, several: names } : { from, to: first, several: [] };
}

function clusterNames({ nodes, destination }: Migration): readonly string[] {
  if (!destination || 'error' in destination) return [];
  const leavesLite = labelled(nodes).length > 0;
  const isEmpty = destination.nodes.length === 0;
  return isEmpty && leavesLite ? (destination.pool?.clusters ?? []) : labelled(destination.nodes);
}

/**
 * The possible cluster names of a pool: the labels of its nodes; without labels the pool's own id, as for a Standard
 * pool; without nodes also the names that the pool itself gives.
 */
export function clustersOfPool(
  id: string,
  { nodes, pool }: { nodes: readonly PoolNode[]; pool?: Pool | undefined },
): readonly string[] {
  const names = labelled(nodes);
  if (names.length > 0) return names;
  return nodes.length > 0 ? [id] : [id, ...(pool?.clusters ?? [])];
}

function labelled(nodes: readonly PoolNode[]): string[] {
  return [...new Set(nodes.flatMap(({ labels }) => labels[CLUSTER] ?? []))];
}

function onlyOne(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined;
}
