import * as z from 'zod';
import type { DocumentKind } from './change.ts';
import type { DocumentKey } from './store.ts';

/**
 * The history of one node or node pool. It is written before the hold of the target is released (see the pool's document), so
 * that the next remediation with a hold sees it.
 */
const NodeRecord = z.object({
  pool: z.string(),
  node: z.string(),
  /** The last destructive call for this node: when it was sent, and how it ended. */
  last: z
    .object({
      remediation: z.string(),
      /** The first remediation of its ladder: the later rungs of a ladder do not wait for the ladder's own calls. */
      root: z.string().optional(),
      action: z.string(),
      calledAt: z.iso.datetime(),
      endedAt: z.iso.datetime().optional(),
      outcome: z.string().optional(),
    })
    .optional(),
  /** The hour in which the node counts in the daily budget of its pool. */
  countedIn: z.iso.datetime().optional(),
  /** The latest ladders begun for the node, oldest first. `root`: the first remediation of the ladder. */
  rounds: z.array(z.object({ rule: z.string(), root: z.string(), at: z.iso.datetime() })).optional(),
});
export type NodeRecord = z.output<typeof NodeRecord>;

export const nodeRecordKind: DocumentKind<NodeRecord> = {
  name: 'node',
  schema: NodeRecord,
  // The index lists the nodes of a pool that were called lately. A document without a call is not in it.
  index: ({ pool, node, last }) =>
    last ? { state: calledPartition(pool), stateKey: `${last.calledAt}#${node}` } : {},
};

/** The partition of the index `by-state` with the histories of a pool, in the order of their last calls. */
export function calledPartition(pool: string): string {
  return `called#${pool}`;
}

export function nodeRecordKey(pool: string, node: string): DocumentKey {
  return { pk: `node#${pool}#${node}`, sk: '-' };
}

/**
 * One entry of a node's history. It points to a remediation, and its sort key is the remediation's time key. In the history of an
 * address, `bearers` are the nodes that have borne it whenever a function evaluated the remediation, the latest last.
 */
const NodeHistoryEntry = z.object({
  remediation: z.string(),
  bearers: z.array(z.string()).exactOptional(),
});
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
