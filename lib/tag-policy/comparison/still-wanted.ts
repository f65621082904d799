import type { NodeTags } from '#lib/ledger/node-tags';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { anyMatches } from '#lib/rules/match';
import { isMoreCautious, type Mode } from '#lib/rules/mode';
import { desiredTags } from './desired.ts';
import type { TagChange } from './drift.ts';
import { compareNode } from './node-drift.ts';
import type { TagPolicyInForce } from './policy.ts';

/** A change of a tag that a command makes. */
export type AskedChange = Pick<TagChange, 'action' | 'key' | 'value'> & { mode: Mode };

/**
 * Why the policies in force do not ask for a change of a node any more; undefined if they do. The change may be older than the last
 * change of a policy. A tag that was applied in the meantime is still asked for: to apply it twice is harmless.
 */
export function whyUnwanted(
  asked: AskedChange,
  node: Pick<PoolNode, 'name' | 'flavor' | 'labels' | 'unreadable' | 'createdAt'>,
  known: NodeTags | undefined,
  policies: readonly TagPolicyInForce[],
  now: number,
): string | undefined {
  const tag = `${asked.key}=${asked.value}`;
  const { changes, unclear } = compareNode(node, known, policies, { now, dueMs: Number.POSITIVE_INFINITY });
  if (unclear.has(asked.key.toLowerCase()))
    return `this reading does not tell which tag policies are about the tag ${asked.key} of ${node.name}`;
  const mode =
    asked.action === 'createTags'
      ? modeOfDemand(asked, node, policies)
      : changes.find(
          ({ action, key, value }) => action === asked.action && key === asked.key && value === asked.value,
        )?.mode;
  if (mode === undefined)
    return asked.action === 'createTags'
      ? `no tag policy requires ${tag} of ${node.name} any more`
      : `no tag policy asks any more that ${node.name} loses ${tag}`;
  return isMoreCautious(mode, asked.mode)
    ? `the tag policy about ${tag} of ${node.name} now says ${mode}`
    : undefined;
}

/** The mode of the policy that a created tag meets; undefined: none requires it, or one forbids it. */
function modeOfDemand(
  { key, value }: AskedChange,
  node: Pick<PoolNode, 'name' | 'flavor' | 'labels'>,
  policies: readonly TagPolicyInForce[],
): Mode | undefined {
  const { demands, forbidden } = desiredTags(node, policies);
  if (forbidden.some((each) => each.key === key && anyMatches(each.values, value))) return undefined;
  const demand = demands.find(
    ({ key: demanded, allowed }) => demanded === key && (!allowed || anyMatches(allowed, value)),
  );
  return demand?.policy.mode;
}
