import type { NodeTags } from '#lib/ledger/node-tags';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { desiredTags, type TagConflict, unclearKeys } from './desired.ts';
import { type TagChange, tagDrift } from './drift.ts';
import type { TagPolicyInForce } from './policy.ts';

/** The gap between a node and its tag policies. */
export type NodeComparison = {
  changes: readonly TagChange[];
  conflicts: readonly TagConflict[];
  /** The keys, in lower case, about which this reading of the node decides nothing. */
  unclear: ReadonlySet<string>;
};

/**
 * Compares the known tags of one node with the policies in force.
 *
 * @param known the ledger's record of the tags; undefined: it has none
 * @param dueMs epoch milliseconds: every tag whose period has ended by then is applied again
 */
export function compareNode(
  node: Pick<PoolNode, 'name' | 'flavor' | 'labels' | 'unreadable' | 'createdAt'>,
  known: NodeTags | undefined,
  policies: readonly TagPolicyInForce[],
  { now, dueMs = now }: { now: number; dueMs?: number },
): NodeComparison {
  const desired = desiredTags(node, policies);
  const unclear = unclearKeys(node, policies);
  const modeOf = (name: string) => policies.find((policy) => policy.name === name)?.mode;
  const changes = tagDrift(desired, sinceCreated(known, node, now), modeOf, dueMs).filter(
    ({ key }) => !unclear.has(key.toLowerCase()),
  );
  return { changes, conflicts: desired.conflicts, unclear };
}

/**
 * The known tags of a node, unless all of them were applied to another node of the same name, before this one was created. A
 * time of creation in the future proves nothing.
 */
function sinceCreated(
  known: NodeTags | undefined,
  { createdAt = '' }: Pick<PoolNode, 'createdAt'>,
  now: number,
): NodeTags | undefined {
  const createdMs = Date.parse(createdAt);
  const isOlder =
    Number.isNaN(createdMs) || createdMs > now || (known && Date.parse(known.updatedAt) >= createdMs);
  return isOlder ? known : undefined;
}
