import * as z from 'zod';
import type { DocumentKind } from './change.ts';
import type { DocumentKey } from './store.ts';

/**
 * The history of one node or node pool: what was done to it. It is written before the hold of the target is released (see the
 * pool's document), so that nobody who may hold it next misses it.
 */
const NodeRecord = z.object({
  pool: z.string(),
  node: z.string(),
  /** The last destructive call for this node: when it was sent, and how it ended. */
  last: z
    .object({
      remediation: z.string(),
      /** The remediation that its ladder began with: to the later rungs of a ladder its own calls are no reason to wait. */
      root: z.string().optional(),
      action: z.string(),
      calledAt: z.iso.datetime(),
      endedAt: z.iso.datetime().optional(),
      outcome: z.string().optional(),
    })
    .optional(),
  /** The hour in which the node counts in the day's budget of its pool. */
  countedIn: z.iso.datetime().optional(),
  /** The ladders that were begun for the node, oldest first, each by the remediation that it began with: the latest of them. */
  rounds: z.array(z.object({ rule: z.string(), root: z.string(), at: z.iso.datetime() })).optional(),
});
export type NodeRecord = z.output<typeof NodeRecord>;

export const nodeRecordKind: DocumentKind<NodeRecord> = {
  name: 'node',
  schema: NodeRecord,
};

export function nodeRecordKey(pool: string, node: string): DocumentKey {
  return { pk: `node#${pool}#${node}`, sk: '-' };
}

/** One line of a node's history: points to a remediation. Its sort key is the remediation's time key. */
const NodeHistoryEntry = z.object({ remediation: z.string() });
export type NodeHistoryEntry = z.output<typeof NodeHistoryEntry>;

export const nodeHistoryKind: DocumentKind<NodeHistoryEntry> = {
  name: 'node history entry',
  schema: NodeHistoryEntry,
};

export function nodeHistoryPartition(node: string): string {
  return `history#${node}`;
}

export function nodeHistoryKey(node: string, createdAt: string, remediation: string): DocumentKey {
  return { pk: nodeHistoryPartition(node), sk: `${createdAt}#${remediation}` };
}
