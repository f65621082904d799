import type { ActionDefinition } from '#lib/actions/action';
import type { Facts } from '#lib/guards/guard';
import { canonicalJson } from '#lib/hash';
import { patchNodePool } from '#lib/modelarts/endpoints/patch-node-pool';
import { mergePatch } from '#lib/modelarts/requests/merge-patch';
import { changeIn, nodePoolPatch } from '#lib/modelarts/requests/node-pool-patch';
import type { PatchNodePoolRequest } from '#lib/modelarts/requests/patch-node-pool';

/** The request for a change of a node pool: the command's fields, merged into the current reading. */
export function nodePoolTerms({ remediation, nodePool, reading }: Facts): Record<string, unknown> {
  const change = changeIn(remediation.parameters);
  return { spec: { resources: nodePoolPatch(change, nodePool?.resources ?? {}, reading.pool?.type) } };
}

/** Sends the change. The answer only accepts it, so Poolkeeper reads the node pool until it has the desired state. */
export const sendNodePoolPatch: ActionDefinition<PatchNodePoolRequest>['send'] = async (
  client,
  { pool, target },
  body,
  options,
) => {
  const path = { pool_name: pool, nodepool_name: target };
  await client.send(patchNodePool, { path, body }, options);
  return { kind: 'watched' };
};

/** One field of a plan: its present value, its new value, and the affected nodes if that is documented. */
export type FieldChange = {
  from: unknown;
  to: unknown;
  reaches?: 'existing nodes' | 'new nodes' | 'new and reset nodes';
};

/** The fields that a change of a node pool would change. Fields that already have the desired value are absent. */
export function nodePoolChanges({ remediation, nodePool, reading }: Facts): Record<string, FieldChange> {
  const now = nodePool?.resources ?? {};
  const patch = nodePoolPatch(changeIn(remediation.parameters), now, reading.pool?.type);
  const changes = Object.entries(patch).flatMap(([field, wanted]): [string, FieldChange][] => {
    const from = now[field] ?? undefined;
    const to = mergePatch(from, wanted);
    // An empty map in the request changes nothing.
    const isUnchanged = canonicalJson(from) === canonicalJson(to) || canonicalJson(wanted) === '{}';
    // A field that the API does not show may exist, so its removal counts as a change.
    if (isUnchanged && (from !== undefined || wanted !== null)) return [];
    const reaches = reachOf(field, patch, now);
    return [[field, { from: from ?? null, to: to ?? null, ...(reaches && { reaches }) }]];
  });
  return Object.fromEntries(changes);
}

/**
 * The reason why a command changes nothing. Undefined if it changes something, or if the node pool has yet to reach the numbers in the
 * command.
 */
export function changesNothing(facts: Facts): string | undefined {
  const { remediation, nodePool } = facts;
  const { count, maxCount } = nodePool?.resources ?? {};
  if (!nodePool || count === undefined || maxCount === undefined) return undefined;
  if (Object.keys(nodePoolChanges(facts)).length > 0) return undefined;
  const change = changeIn(remediation.parameters);
  const isAboutNumbers = change.count !== undefined || change.maxCount !== undefined;
  const { available, abnormal, creating, deleting } = nodePool.nodeCounts;
  const nodes = available + abnormal;
  const isSettled = creating === 0 && deleting === 0 && nodes >= count && nodes <= maxCount;
  return isAboutNumbers && !isSettled
    ? undefined
    : `nothing is changed: node pool ${nodePool.name} already has the state that the command demands`;
}

/** The settings that keep labels, taints and tags off existing nodes. By default, they affect existing nodes. */
const POLICIES: Readonly<Record<string, string>> = {
  labels: 'labelPolicyOnExistingNodes',
  taints: 'taintPolicyOnExistingNodes',
  tags: 'tagPolicyOnExistingNodes',
};

/** The fields that affect only new or reset nodes (docs/design/modelarts-api.md, 3.1: the container engine's size, and the subnet). */
const NOT_AT_ONCE: Readonly<Record<string, string>> = { extendParams: 'dockerBaseSize', network: 'subnet' };

function reachOf(
  field: string,
  patch: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): FieldChange['reaches'] {
  const policy = POLICIES[field];
  if (policy !== undefined) {
    const isIgnored = partOf(patch['extendParams'] ?? now['extendParams'], policy) === 'ignore';
    return isIgnored ? 'new nodes' : 'existing nodes';
  }
  const part = NOT_AT_ONCE[field];
  const acts = part !== undefined && partOf(patch[field], part) !== partOf(now[field], part);
  return acts ? 'new and reset nodes' : undefined;
}

function partOf(value: unknown, part: string): unknown {
  return new Map(Object.entries(value ?? {})).get(part);
}
