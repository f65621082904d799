import { parseDocument } from '#lib/ledger/change';
import { nodeRecordKey, nodeRecordKind } from '#lib/ledger/node-record';
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
  const documents = await store.getMany(nodes.map(({ name }) => nodeRecordKey(pool, name)));
  const records = documents.map((document) => parseDocument(nodeRecordKind, document));
  return new Map(
    records.flatMap(({ node, lease }) =>
      lease?.action === action && Date.parse(lease.expiresAt) > now ? [[node, lease.remediation]] : [],
    ),
  );
}
