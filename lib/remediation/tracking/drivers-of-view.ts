import type { Call } from '#lib/ledger/call';
import { poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import { readMany } from '#lib/ledger/read-many';
import { withExpectedDrivers } from '#lib/modelarts/reading/expected-drivers';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { RemediationServices } from '#lib/remediation/record/services';
import { poolOf } from '#lib/rules/pool';
import type { View } from '#lib/verification/verification';

/** Marks the nodes of a view that miss an expected driver. The reading before a call is marked in the same way. */
export async function withDriversOf(
  { pool, request }: Pick<Call, 'pool' | 'request'>,
  view: View,
  services: RemediationServices,
): Promise<View> {
  const { toPoolName } = request;
  const to = typeof toPoolName === 'string' ? toPoolName : pool;
  return {
    ...view,
    nodes: await marked(pool, view.nodes, services),
    destination: await marked(to, view.destination, services),
  };
}

async function marked(
  pool: string,
  nodes: readonly PoolNode[],
  { store, rules }: RemediationServices,
): Promise<readonly PoolNode[]> {
  if (nodes.every(({ driverPhase }) => driverPhase !== undefined)) return nodes;
  const { values, unreadable } = await readMany(store, poolRecordKind, [poolRecordKey(pool)]);
  // If the flavors with drivers are unknown, each missing driver is unknown, too.
  const absent = poolOf(rules, pool)?.healthy?.absent ?? (unreadable.length > 0 ? 'unknown' : undefined);
  return withExpectedDrivers(nodes, values[0]?.driverFlavors ?? [], absent);
}
