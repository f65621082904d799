import * as z from 'zod';
import type { Guard } from '#lib/guards/guard';
import type { Remediation } from '#lib/ledger/remediation';
import { clustersOfPool } from '#lib/modelarts/reading/clusters';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';

/** The parameters of a migration that decide its destination. A value of another type counts as absent. */
const Parameters = z.looseObject({
  fromClusterName: z.string().optional().catch(undefined),
  toClusterName: z.string().optional().catch(undefined),
  toPoolName: z.string().optional().catch(undefined),
});

type Asked = Pick<Remediation, 'pool' | 'parameters'>;

/** Whether a migration names its destination only by a cluster, and that cluster may be in another pool. */
export function isByCluster({ pool, parameters }: Asked): boolean {
  const { fromClusterName, toClusterName, toPoolName } = Parameters.parse(parameters);
  const mayBeElsewhere = toClusterName !== fromClusterName && toClusterName !== pool;
  return toClusterName !== undefined && toPoolName === undefined && mayBeElsewhere;
}

/**
 * The ids of the pools with the destination cluster of a migration, among its own pool and the pools that were read. `unread`: the
 * pools that could not be read.
 */
export function poolsOfCluster(
  { pool, parameters }: Asked,
  { nodes, destinations }: Pick<PoolReading, 'nodes' | 'destinations'>,
): { found: readonly string[]; unread: readonly string[] } {
  const { toClusterName = '' } = Parameters.parse(parameters);
  const read = [...destinations].flatMap(([id, destination]) =>
    'error' in destination ? [] : [[id, destination] as const],
  );
  const unread = [...destinations].flatMap(([id, destination]) => ('error' in destination ? [id] : []));
  const found = [[pool, { nodes }] as const, ...read]
    .filter(([id, reading]) => clustersOfPool(id, reading).includes(toClusterName))
    .map(([id]) => id);
  return { found, unread };
}

/**
 * The destination pool must be known, because the migration is followed there. If the command names only a cluster, exactly one pool
 * of the rules file must have it. A command must not name a pool and the cluster of another pool.
 *
 * Source: page Migrating Nodes in Batches, table 2: toClusterName is mandatory, toPoolName is not.
 */
export const destinationKnown: Guard = ({ remediation, reading }) => {
  const guard = 'destination-known';
  const { toPoolName, toClusterName } = Parameters.parse(remediation.parameters);
  const { found, unread } = poolsOfCluster(remediation, reading);
  if (!isByCluster(remediation)) {
    const named = toPoolName ?? remediation.pool;
    const isAnothers = found.length > 0 && ![...found, ...unread].includes(named);
    if (toClusterName !== undefined && isAnothers) {
      const why = `toClusterName: ${toClusterName} is the cluster of pool ${found.join(', ')}, and the nodes are to go to pool ${named}`;
      return { guard, allowed: false, why };
    }
    const where =
      toPoolName === undefined ? 'the nodes stay in their pool' : `the nodes go to pool ${toPoolName}`;
    return { guard, allowed: true, why: where };
  }
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0)
    return { guard, allowed: true, why: `cluster ${toClusterName} is that of pool ${only}` };
  if (others.length > 0) {
    const why = `toPoolName: is mandatory, because several pools have cluster ${toClusterName}: ${found.join(', ')}`;
    return { guard, allowed: false, why };
  }
  if (unread.length > 0) {
    const why = `toPoolName: is absent, and the pool of cluster ${toClusterName} is unknown while ${unread.join(', ')} cannot be read`;
    return { guard, allowed: false, why, defers: true };
  }
  const why = `toPoolName: is mandatory, because no pool of the rules file shows cluster ${toClusterName}`;
  return { guard, allowed: false, why };
};
