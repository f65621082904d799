import { nodeRecordKey, nodeRecordKind } from '#lib/ledger/node-record';
import { readMany, UNREADABLE } from '#lib/ledger/read-many';
import type { Store } from '#lib/ledger/store';
import type { PoolReading } from '#lib/modelarts/pool-reading';
import type { Action } from '#lib/rules/action';

/** Which nodes of a pool remediations are taking out of it by an action, by their leases: each with its remediation's id. */
export async function readLeaving(
  store: Store,
  { nodes }: Pick<PoolReading, 'nodes'>,
  { pool, action }: { pool: string; action: Action },
  now: number,
): Promise<Map<string, string>> {
  const keys = new Map(nodes.map(({ name }) => [nodeRecordKey(pool, name).pk, name]));
  const { values, unreadable } = await readMany(
    store,
    nodeRecordKind,
    nodes.map(({ name }) => nodeRecordKey(pool, name)),
  );
  // Of one whose record cannot be read nobody knows that it stays.
  const unknown = unreadable.map(({ document }) => [keys.get(document.pk) ?? '', UNREADABLE] as const);
  return new Map([
    ...unknown,
    ...values.flatMap(({ node, lease }) =>
      lease?.action === action && Date.parse(lease.expiresAt) > now
        ? [[node, lease.remediation] as const]
        : [],
    ),
  ]);
}
