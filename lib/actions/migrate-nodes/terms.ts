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

/** A remediation as the API is to be asked for it: a pool that it names by its name in the rules file goes by its id. */
export function withPoolIds(remediation: Remediation, rules: Rules): Remediation {
  const { toPoolName } = remediation.parameters;
  const to = typeof toPoolName === 'string' ? poolOf(rules, toPoolName) : undefined;
  return to ? { ...remediation, parameters: { ...remediation.parameters, toPoolName: to.id } } : remediation;
}

/** The pool that a migration goes to, if it goes to another. */
export function destinationOf({ parameters: { toPoolName }, pool }: Remediation): string | undefined {
  return typeof toPoolName === 'string' && toPoolName !== pool ? toPoolName : undefined;
}

/**
 * A migration with the pool that it goes to, where the command names only its cluster and exactly one of the pools that were
 * read has it. Otherwise it stays as it is, and its guards say what is missing.
 */
export function withDestination(remediation: Remediation, reading: PoolReading): Remediation {
  if (!isByCluster(remediation)) return remediation;
  const { found } = poolsOfCluster(remediation, reading);
  const [only, ...others] = found;
  if (only === undefined || others.length > 0 || only === remediation.pool) return remediation;
  return { ...remediation, parameters: { ...remediation.parameters, toPoolName: only } };
}

/**
 * The terms of a migration: its cluster names filled in where the command leaves them out, and the flavor where it is to be
 * the node's own.
 */
export function migrationTerms(facts: Facts): Record<string, unknown> {
  const { from, to = '' } = clustersOf(migrationOf(facts));
  return { ...withOwnFlavor(facts), fromClusterName: from, toClusterName: to };
}

/** The nodes of both pools, before they change: none of those that are there already is one that has arrived. */
export function nodesOfBothPools(facts: Facts): readonly PoolNode[] {
  const { nodes, destination } = migrationOf(facts);
  return [...nodes, ...(destination && 'nodes' in destination ? destination.nodes : [])];
}
