import type { Action } from '#lib/actions/traits';
import { holdName, holdOf } from '#lib/capacity/holds';
import { type NodeRecord, nodeRecordKey, nodeRecordKind } from '#lib/ledger/node-record';
import { readPoolRecord } from '#lib/ledger/pool-record';
import { readMany, UNREADABLE } from '#lib/ledger/read-many';
import type { Store } from '#lib/ledger/store';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';

/** A list may still show a deleted node pool for this long after the end of its call. */
const LISTED_AFTER_MS = 3_600_000;

/**
 * The nodes, or node pools, that remediations are taking out of a pool by an action, each with the remediation's id: those that are
 * held for it, and the node pools that the list still shows after their deletion.
 */
export async function readLeaving(
  store: Store,
  { nodes, nodePools = [] }: Pick<PoolReading, 'nodes' | 'nodePools'>,
  { pool, action }: { pool: string; action: Action },
  now: number,
): Promise<Map<string, string>> {
  // Before the histories, so that they contain everything that is released after this read.
  const { held } = await readPoolRecord(store, pool, now);
  const isOfNodePools = action === 'delete-node-pool';
  const names = isOfNodePools ? nodePools.map(({ name }) => name) : nodes.map(({ name }) => name);
  const heldAs = (name: string) => holdName(isOfNodePools ? { nodePool: name } : {}, name);
  const atWork = names.flatMap((name) => {
    const hold = holdOf({ held }, heldAs(name), now);
    return hold?.action === action ? [[name, hold.remediation] as const] : [];
  });
  // Only for node pools: a node that has left the pool may come back under its name.
  const taken = isOfNodePools ? await readTaken(store, { pool, action }, names, now) : [];
  return new Map([...taken, ...atWork]);
}

async function readTaken(
  store: Store,
  { pool, action }: { pool: string; action: Action },
  nodePools: readonly string[],
  now: number,
): Promise<(readonly [string, string])[]> {
  const keys = new Map(
    nodePools.map((name) => [nodeRecordKey(pool, holdName({ nodePool: name }, name)).pk, name]),
  );
  const { values, unreadable } = await readMany(
    store,
    nodeRecordKind,
    [...keys.keys()].map((pk) => ({ pk, sk: '-' })),
  );
  const nameOf = (pk: string) => keys.get(pk) ?? '';
  return [
    // A node with an unreadable history may be about to leave.
    ...unreadable.map(({ document }) => [nameOf(document.pk), UNREADABLE] as const),
    ...values.flatMap((record) => {
      const remediation = takenAwayBy(record, action, now);
      const name = nameOf(nodeRecordKey(pool, record.node).pk);
      return remediation === undefined ? [] : [[name, remediation] as const];
    }),
  ];
}

function takenAwayBy({ last }: NodeRecord, action: Action, now: number): string | undefined {
  const isTaken = last?.action === action && last.outcome !== 'failed';
  const sinceMs = now - Date.parse(last?.endedAt ?? last?.calledAt ?? '');
  return isTaken && sinceMs < LISTED_AFTER_MS ? last.remediation : undefined;
}
