import * as z from 'zod';
import type { Guard } from '#lib/guards/guard';
import type { Remediation } from '#lib/ledger/remediation';
import { clustersOfPool } from '#lib/modelarts/reading/clusters';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';

/** The parts of a migration's parameters that its destination rests on. What is not of its type counts as absent. */
const Parameters = z.looseObject({
  fromClusterName: z.string().optional().catch(undefined),
  toClusterName: z.string().optional().catch(undefined),
  toPoolName: z.string().optional().catch(undefined),
});

type Asked = Pick<Remediation, 'pool' | 'parameters'>;

/** Whether a migration names its destination by a cluster alone, and one that may be another pool's. */
export function isByCluster({ pool, parameters }: Asked): boolean {
  const { fromClusterName, toClusterName, toPoolName } = Parameters.parse(parameters);
  const mayBeElsewhere = toClusterName !== fromClusterName && toClusterName !== pool;
  return toClusterName !== undefined && toPoolName === undefined && mayBeElsewhere;
}

/**
 * The pools, by their ids, that have the cluster that a migration names as its destination: its own, or one of those that were
 * read. `unread`: those that could not be.
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
 * Where the nodes go is known: a migration is followed in the pool that it goes to, and by a cluster alone that pool is found
 * only if exactly one pool of the rules file has it.
 *
 * Source: page Migrating Nodes in Batches, table 2: toClusterName is mandatory, toPoolName is not.
 */
export const destinationKnown: Guard = ({ remediation, reading }) => {
  const guard = 'destination-known';
  const { toPoolName, toClusterName } = Parameters.parse(remediation.parameters);
  if (!isByCluster(remediation)) {
    const where =
      toPoolName === undefined ? 'the nodes stay in their pool' : `the nodes go to pool ${toPoolName}`;
    return { guard, allowed: true, why: where };
  }
  const { found, unread } = poolsOfCluster(remediation, reading);
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0)
    return { guard, allowed: true, why: `cluster ${toClusterName} is that of pool ${only}` };
  if (others.length > 0) {
    const why = `toPoolName: must be given, as several pools have cluster ${toClusterName}: ${found.join(', ')}`;
    return { guard, allowed: false, why };
  }
  if (unread.length > 0) {
    const why = `toPoolName: is not given, and whose cluster ${toClusterName} is cannot be told while ${unread.join(', ')} cannot be read`;
    return { guard, allowed: false, why, defers: true };
  }
  const why = `toPoolName: must be given, as no pool of the rules file shows cluster ${toClusterName}`;
  return { guard, allowed: false, why };
};
