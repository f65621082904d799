import type { Remediation } from '#lib/ledger/remediation';
import { clustersOfPool } from '#lib/modelarts/reading/clusters';
import { ifReadable, nodePoolsOf, type PoolReader } from '#lib/modelarts/reading/pool-reader';
import { type PoolReading, readDestination } from '#lib/modelarts/reading/pool-reading';
import type { PoolRules, Rules } from '#lib/rules/rules';
import { fieldsForNewNodePools } from './resource-spec.ts';
import { withDestination } from './terms.ts';

/**
 * Adds to a reading the facts that migrations need beyond their named pools: the pools of the rules file that may have a cluster, for
 * migrations that name a cluster which their destination does not show; and the node pools of destinations, for requests with settings of new node pools.
 *
 * @param open the remediations that are about to be judged.
 * @returns the reading with these; a pool that cannot be read is one that says so.
 */
export async function readDestinations(
  reader: PoolReader,
  pool: PoolRules,
  open: readonly Remediation[],
  reading: PoolReading,
  { rules }: { rules: Rules },
): Promise<PoolReading> {
  const destinations = new Map(reading.destinations);
  const candidates = open.some((remediation) => isElsewhere(remediation, reading))
    ? rules.pools.filter((other) => other.id !== pool.id && isBeside(other, pool))
    : [];
  await Promise.all(
    candidates
      .filter(({ id }) => !destinations.has(id))
      .map(async ({ id }) => destinations.set(id, await readDestination(reader, id))),
  );
  const found = { ...reading, destinations };
  const ids = open
    .filter(({ parameters }) => fieldsForNewNodePools(parameters).length > 0)
    .map((remediation) => withDestination(remediation, found))
    .map(({ parameters: { toPoolName }, pool: own }) => (typeof toPoolName === 'string' ? toPoolName : own));
  const nodePools = await Promise.all(
    [...new Set(ids)].map(
      async (id) => [id, await ifReadable(reader, () => nodePoolsOf(reader, id))] as const,
    ),
  );
  const known = nodePools.flatMap(([id, list]) => (list ? [[id, list.items] as const] : []));
  return { ...found, nodePoolsOf: new Map(known) };
}

/** Whether a migration names a cluster, and one that the pool that it goes to does not show. */
function isElsewhere({ pool, parameters }: Remediation, { nodes, destinations }: PoolReading): boolean {
  const { toClusterName: to, toPoolName } = parameters;
  const id = typeof toPoolName === 'string' ? toPoolName : pool;
  const there = id === pool ? { nodes } : destinations.get(id);
  const clusters = there && 'nodes' in there ? clustersOfPool(id, there) : [];
  return to !== undefined && !clusters.some((own) => own === to);
}

/** Whether nodes can go from one pool to another at all: both are behind the same account, project and endpoint. */
function isBeside(a: PoolRules, b: PoolRules): boolean {
  return (
    a.account === b.account && a.project === b.project && a.region === b.region && a.endpoint === b.endpoint
  );
}
