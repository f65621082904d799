import * as z from 'zod';
import { MAX_NAME_LENGTH } from '#lib/bounds';

/** The states of a node, as people see it. */
export const nodeStates = ['well', 'out', 'held', 'waiting', 'cooldown', 'broken', 'unknown'] as const;
export type NodeState = (typeof nodeStates)[number];

/** `next` of the page before: the name of its last entry. */
const NameCursor = z.string().min(1).max(600);

const Limit = z.coerce.number().int().min(1);

export const PoolsQuery = z.strictObject({
  limit: Limit.max(100).default(50),
  cursor: NameCursor.optional(),
});
export type PoolsQuery = z.output<typeof PoolsQuery>;

export const NodesQuery = z.strictObject({
  state: z.enum(nodeStates).optional(),
  limit: Limit.max(1_000).default(100),
  cursor: NameCursor.optional(),
});
export type NodesQuery = z.output<typeof NodesQuery>;

export const NodeQuery = z.strictObject({
  /** By its name in the rules file, or its id. */
  pool: z.string().min(1).max(MAX_NAME_LENGTH).optional(),
});

/** The part of a list that a page shows. `next`: present if there is more. */
export function pageOf<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { page: Item[]; next?: string } {
  const after = cursor === undefined ? undefined : Buffer.from(cursor, 'base64url').toString('utf8');
  const sorted = items.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const left = after === undefined ? sorted : sorted.filter((item) => nameOf(item) > after);
  const page = left.slice(0, limit);
  const last = page.at(-1);
  const hasMore = left.length > page.length && last !== undefined;
  return { page, ...(hasMore && { next: Buffer.from(nameOf(last), 'utf8').toString('base64url') }) };
}
