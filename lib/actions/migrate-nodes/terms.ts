import type { Facts } from '#lib/guards/guard';
import type { Remediation } from '#lib/ledger/remediation';
import { clustersOf } from '#lib/modelarts/reading/clusters';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { poolOf } from '#lib/rules/pool';
import type { Rules } from '#lib/rules/rules';
import { isByCluster, poolsOfCluster } from './destination.ts';
import { migrationOf } from './migration.ts';
import { withOwnFlavor } from './own-flavor.ts';

/** Replaces the destination's name from the rules file by its id, because the API needs the id. */
export function withPoolIds(remediation: Remediation, rules: Rules): Remediation {
  const { toPoolName } = remediation.parameters;
  const to = typeof toPoolName === 'string' ? poolOf(rules, toPoolName) : undefined;
  return to ? { ...remediation, parameters: { ...remediation.parameters, toPoolName: to.id } } : remediation;
}

/** The destination pool of a migration; undefined if the nodes stay in their pool. */
export function destinationOf({ parameters: { toPoolName }, pool }: Remediation): string | undefined {
  return typeof toPoolName === 'string' && toPoolName !== pool ? toPoolName : undefined;
}

/**
 * Adds the destination pool to a migration that names only a cluster, if exactly one of the pools in the reading has this cluster.
 * Otherwise the migration stays unchanged, and its guards explain what is missing.
 */
export function withDestination(remediation: Remediation, reading: PoolReading): Remediation {
  if (!isByCluster(remediation)) return remediation;
  const { found } = poolsOfCluster(remediation, reading);
  const [only, ...others] = found;
  if (only === undefined || others.length > 0 || only === remediation.pool) return remediation;
  return { ...remediation, parameters: { ...remediation.parameters, toPoolName: only } };
}

/**
 * The terms of a migration. They include the cluster names that the command omits, and the node's own flavor if the command asks for
 * it.
 */
export function migrationTerms(facts: Facts): Record<string, unknown> {
  const { from, to = '' } = clustersOf(migrationOf(facts));
  return { ...withOwnFlavor(facts), fromClusterName: from, toClusterName: to };
}

/** The nodes of both pools before the migration. A node that is already in the destination has not arrived with it. */
export function nodesOfBothPools(facts: Facts): readonly PoolNode[] {
  const { nodes, destination } = migrationOf(facts);
  return [...nodes, ...(destination && 'nodes' in destination ? destination.nodes : [])];
}
