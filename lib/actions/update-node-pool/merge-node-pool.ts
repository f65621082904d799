import type { ActionDefinition } from '#lib/actions/action';
import type { Facts } from '#lib/guards/guard';
import { canonicalJson } from '#lib/hash';
import { patchNodePool } from '#lib/modelarts/endpoints/patch-node-pool';
import { mergePatch } from '#lib/modelarts/requests/merge-patch';
import { changeIn, nodePoolPatch } from '#lib/modelarts/requests/node-pool-patch';
import type { PatchNodePoolRequest } from '#lib/modelarts/requests/patch-node-pool';

/** The request for a change of a node pool: what the command changes, merged into what was read right now. */
export function nodePoolTerms({ remediation, nodePool, reading }: Facts): Record<string, unknown> {
  const change = changeIn(remediation.parameters);
  return { spec: { resources: nodePoolPatch(change, nodePool?.resources ?? {}, reading.pool?.type) } };
}

/** Sends the change. That it was taken is all that the answer says: the node pool is read until it is as it is to be. */
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

/** One field of a plan: as it is, as it would be, and which nodes would feel it, where that is documented. */
export type FieldChange = {
  from: unknown;
  to: unknown;
  reaches?: 'existing nodes' | 'new nodes' | 'new and reset nodes';
};

/** What a change of a node pool would change, by field. What already is as it is to be is left out. */
export function nodePoolChanges({ remediation, nodePool, reading }: Facts): Record<string, FieldChange> {
  const now = nodePool?.resources ?? {};
  const patch = nodePoolPatch(changeIn(remediation.parameters), now, reading.pool?.type);
  const changes = Object.entries(patch).flatMap(([field, wanted]): [string, FieldChange][] => {
    const from = now[field] ?? undefined;
    const to = mergePatch(from, wanted);
    // A map without a key asks for nothing, whatever the API shows of it.
    const isUnchanged = canonicalJson(from) === canonicalJson(to) || canonicalJson(wanted) === '{}';
    // What the API does not show may be there all the same: to take it away is a change.
    if (isUnchanged && (from !== undefined || wanted !== null)) return [];
    const reaches = reachOf(field, patch, now);
    return [[field, { from: from ?? null, to: to ?? null, ...(reaches && { reaches }) }]];
  });
  return Object.fromEntries(changes);
}

/**
 * Why a change of a node pool changes nothing; undefined where it does, or where the node pool has still to come to the
 * numbers that the command names.
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
    : `nothing is changed: node pool ${nodePool.name} already is as the command asks for`;
}

/** The setting by which labels, taints and tags are kept from nodes that exist; without it they reach them. */
const POLICIES: Readonly<Record<string, string>> = {
  labels: 'labelPolicyOnExistingNodes',
  taints: 'taintPolicyOnExistingNodes',
  tags: 'tagPolicyOnExistingNodes',
};

/** What acts on new or reset nodes alone (docs/modelarts-api.md, 3.1: the container engine's size, and the subnet). */
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
