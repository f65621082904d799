import type { Action } from '#lib/actions/traits';
import { leaseName } from '#lib/capacity/node-lease';
import { type NodeRecord, nodeRecordKey, nodeRecordKind } from '#lib/ledger/node-record';
import { readMany, UNREADABLE } from '#lib/ledger/read-many';
import type { Store } from '#lib/ledger/store';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';

/** A list may go on showing for this long what a call that has ended took away. */
const LISTED_AFTER_MS = 3_600_000;

/**
 * Which nodes, or node pools, of a pool remediations are taking out of it by an action, each with the remediation's id: those
 * that are leased for it, and the node pools that the list still shows after they were deleted.
 */
export async function readLeaving(
  store: Store,
  { nodes, nodePools = [] }: Pick<PoolReading, 'nodes' | 'nodePools'>,
  { pool, action }: { pool: string; action: Action },
  now: number,
): Promise<Map<string, string>> {
  const isOfNodePools = action === 'delete-node-pool';
  const names = new Map(
    isOfNodePools
      ? nodePools.map(({ name }) => [leaseName({ nodePool: name }, name), name])
      : nodes.map(({ name }) => [name, name]),
  );
  const keys = new Map([...names].map(([leasedAs, name]) => [nodeRecordKey(pool, leasedAs), name]));
  const { values, unreadable } = await readMany(store, nodeRecordKind, [...keys.keys()]);
  const byPk = new Map([...keys].map(([{ pk }, name]) => [pk, name]));
  // Of one whose record cannot be read nobody knows that it stays.
  const unknown = unreadable.map(({ document }) => [byPk.get(document.pk) ?? '', UNREADABLE] as const);
  return new Map([
    ...unknown,
    ...values.flatMap((record) => {
      const remediation = isOfNodePools
        ? (leasedFor(record, action, now) ?? takenAwayBy(record, action, now))
        : leasedFor(record, action, now);
      const name = names.get(record.node);
      return remediation === undefined || name === undefined ? [] : [[name, remediation] as const];
    }),
  ]);
}

function leasedFor({ lease }: NodeRecord, action: Action, now: number): string | undefined {
  return lease?.action === action && Date.parse(lease.expiresAt) > now ? lease.remediation : undefined;
}

/** Only of node pools: a node that has left the pool may come back under its name. */
function takenAwayBy({ last }: NodeRecord, action: Action, now: number): string | undefined {
  const isTaken = last?.action === action && last.outcome !== 'failed';
  const sinceMs = now - Date.parse(last?.endedAt ?? last?.calledAt ?? '');
  return isTaken && sinceMs < LISTED_AFTER_MS ? last.remediation : undefined;
}
