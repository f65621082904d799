import type { Pool } from '#lib/modelarts/replies/pool';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { Destination } from './pool-reading.ts';

/** The label of a Lite pool's nodes that names their cluster (docs/modelarts-api.md 2.3). */
const CLUSTER = 'os.modelarts.node/cluster';

/** A migration as far as its clusters depend on it. `from` and `to`: as the command says, if it does. */
export type Migration = {
  pool: string;
  toPool: string;
  from?: string | undefined;
  to?: string | undefined;
  node: PoolNode | undefined;
  nodes: readonly PoolNode[];
  destination: Destination | undefined;
};

/** The clusters of a migration. `to` is undefined, and `several` names them, where the pool has more than one. */
export type Clusters = { from: string; to: string | undefined; several: readonly string[] };

/**
 * The clusters that a migration goes from and to. What the command does not say is told by the nodes: those of a Lite pool
 * carry their cluster as a label, and a Standard pool, whose nodes do not, goes by its own id (docs/modelarts-api.md 10, row 22). Where a
 * Lite pool is empty, the pool itself names its cluster (docs/modelarts-api.md 3.2).
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
 * The clusters that a pool may be called by: those that its nodes bear; where they bear none, the pool's own id, as of a
 * Standard pool; and where it has no nodes, what the pool says of itself, too.
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
