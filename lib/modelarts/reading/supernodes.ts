import type { PoolNode } from '#lib/modelarts/replies/pool-node';

/** The label of the supernode that a node is part of (docs/design/modelarts-api.md, 2.3). */
export const BATCH = 'os.modelarts.node/batch.uid';

/** By supernode: the names of its members. */
export type Supernodes = Readonly<Record<string, readonly string[]>>;

/**
 * The supernodes of a pool after one more reading. A member stays one while its label is missing. It leaves when a reading shows it
 * in another supernode, or when the pool does not have it any more.
 *
 * @param isComplete whether the reading shows every node that the pool is known to have
 * @returns undefined: the pool has none
 */
export function supernodesAfter(
  known: Supernodes | undefined,
  nodes: readonly PoolNode[],
  isComplete: boolean,
): Supernodes | undefined {
  if (!known && nodes.every(({ labels }) => labels[BATCH] === undefined)) return undefined;
  const shown = new Map(nodes.map(({ name, labels }) => [name, labels[BATCH]]));
  const batches = new Map<string, Set<string>>();
  const enter = (batch: string, name: string) =>
    batches.set(batch, (batches.get(batch) ?? new Set()).add(name));
  for (const [batch, members] of Object.entries(known ?? {}))
    for (const name of members)
      if (shown.has(name) ? shown.get(name) === undefined : !isComplete) enter(batch, name);
  for (const [name, batch] of shown) if (batch !== undefined) enter(batch, name);
  if (batches.size === 0) return undefined;
  return Object.fromEntries([...batches].map(([batch, names]) => [batch, [...names].toSorted()]));
}

/** The supernode that had a node in an earlier reading. Undefined: none is known. */
export function knownSupernodeOf(known: Supernodes | undefined, name: string): string | undefined {
  return Object.entries(known ?? {}).find(([, members]) => members.includes(name))?.[0];
}
