import type { Facts } from '#lib/guards/guard';
import { migrationOf } from '#lib/guards/migration';
import type { Remediation } from '#lib/ledger/remediation';
import { clustersOf } from '#lib/modelarts/clusters';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { poolOf } from '#lib/rules/pool';
import type { Rules } from '#lib/rules/rules';

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

/** The terms of a migration, its cluster names filled in where the command leaves them out. */
export function migrationTerms(facts: Facts): Record<string, unknown> {
  const { from, to = '' } = clustersOf(migrationOf(facts));
  return { ...facts.remediation.parameters, fromClusterName: from, toClusterName: to };
}

/** The nodes of both pools, before they change: none of those that are there already is one that has arrived. */
export function nodesAround(facts: Facts): readonly PoolNode[] {
  const { nodes, destination } = migrationOf(facts);
  return [...nodes, ...(destination && 'nodes' in destination ? destination.nodes : [])];
}
