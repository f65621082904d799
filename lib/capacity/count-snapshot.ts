import type { PoolRecord } from '#lib/ledger/pool-record';
import type { PoolSnapshot } from '#lib/ledger/snapshot/read-snapshot';
import { shownNodes } from '#lib/ledger/snapshot/snapshot-node';
import { withExpectedDrivers } from '#lib/modelarts/reading/expected-drivers';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { PoolRules } from '#lib/rules/rules';
import { type Capacity, capacityOf } from './capacity.ts';

/** The nodes of a snapshot with the drivers that they should show, as the guards see them. */
export function nodesAsJudged(reading: PoolSnapshot, record: PoolRecord, { healthy }: PoolRules): PoolNode[] {
  return withExpectedDrivers(shownNodes(reading.nodes), record.driverFlavors ?? [], healthy?.absent);
}

/** Counts a pool by its snapshot, as the guards count it. `nodes`: as `nodesAsJudged` returns them. `now`: epoch milliseconds. Pure. */
export function countSnapshot(
  { unreadable }: PoolSnapshot,
  nodes: readonly PoolNode[],
  poolRecord: PoolRecord,
  pool: PoolRules,
  now: number,
): Capacity {
  const why = 'an entry of the list cannot be read';
  const odd = Array.from({ length: unreadable }, () => ({ why }));
  const reading = { nodes, unreadable: { nodes: odd }, destinations: new Map() };
  return capacityOf({ reading, poolRecord, pool, target: '', node: undefined }, now);
}
