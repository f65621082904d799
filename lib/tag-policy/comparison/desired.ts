import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { anyMatches } from '#lib/rules/match';
import type { Matcher } from '#lib/rules/rules';
import { isUnclear, selects } from '#lib/rules/select-nodes';
import type { TagDemand, TagPolicyInForce } from './policy.ts';

/** The desired tags of one node, each with its policy. At most one demand for a key, without regard to case. */
export type DesiredTags = {
  demands: readonly (TagDemand & { policy: TagPolicyInForce })[];
  forbidden: readonly { key: string; values: Matcher; policy: TagPolicyInForce }[];
};

/** Two policies that contradict each other on one tag of one node. `passedOver` does not apply to this tag. */
export type TagConflict = { key: string; followed: string; passedOver: string };

/** The demands of all policies on a node. If two contradict each other, the first wins. */
export function desiredTags(
  node: Pick<PoolNode, 'name' | 'flavor' | 'labels'>,
  policies: readonly TagPolicyInForce[],
): DesiredTags & { conflicts: readonly TagConflict[] } {
  const demands: DesiredTags['demands'][number][] = [];
  const forbidden: DesiredTags['forbidden'][number][] = [];
  const conflicts: TagConflict[] = [];
  for (const policy of policies.filter(({ nodes }) => selects(nodes, node))) {
    const conflict = (key: string, followed: TagPolicyInForce) =>
      conflicts.push({ key, followed: followed.name, passedOver: policy.name });
    for (const demand of policy.demands) {
      const same = demands.find(({ key }) => key.toLowerCase() === demand.key.toLowerCase());
      const against = forbidden.find(
        ({ key, values }) => key === demand.key && anyMatches(values, demand.value),
      );
      if (same) {
        if (!isMetBy(demand, same)) conflict(demand.key, same.policy);
      } else if (against) conflict(demand.key, against.policy);
      else demands.push({ ...demand, policy });
    }
    for (const [key, values] of Object.entries(policy.forbid)) {
      const against = demands.find(
        (demand) => demand.key === key && demand.policy !== policy && anyMatches(values, demand.value),
      );
      if (against) conflict(key, against.policy);
      else forbidden.push({ key, values, policy });
    }
  }
  return { demands, forbidden, conflicts };
}

/**
 * The keys, in lower case, that stay as they are on a node: the reading does not tell whether a policy means the node, and that
 * policy demands or forbids something of them.
 */
export function unclearKeys(
  node: Pick<PoolNode, 'flavor' | 'labels' | 'unreadable'>,
  policies: readonly TagPolicyInForce[],
): ReadonlySet<string> {
  const unclear = policies.filter(({ nodes }) => isUnclear(nodes, node));
  const keys = unclear.flatMap(({ demands, forbid }) => [
    ...demands.map(({ key }) => key),
    ...Object.keys(forbid),
  ]);
  return new Set(keys.map((key) => key.toLowerCase()));
}

/** Whether a node that meets `other` also meets this demand. */
function isMetBy({ key, allowed }: TagDemand, other: TagDemand): boolean {
  if (key !== other.key) return false;
  if (allowed === undefined) return true;
  const given = other.allowed ?? [];
  return given.length > 0 && given.every((value) => allowed.includes(value) || anyMatches(allowed, value));
}
