import type { Facts } from '#lib/guards/guard';
import { canonicalJson } from '#lib/hash';
import { changeIn, nodePoolPatch } from '#lib/modelarts/node-pool-patch';

/** The request for a change of a node pool: what the command changes, merged into what was read right now. */
export function nodePoolTerms({ remediation, nodePool, reading }: Facts): Record<string, unknown> {
  const change = changeIn(remediation.parameters);
  return { spec: { resources: nodePoolPatch(change, nodePool?.resources ?? {}, reading.pool?.type) } };
}

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
  const changed = Object.entries(patch).filter(
    ([field, to]) => canonicalJson(now[field]) !== canonicalJson(to),
  );
  return Object.fromEntries(
    changed.map(([field, to]): [string, FieldChange] => {
      const reaches = reachOf(field, patch, now);
      return [field, { from: now[field] ?? null, to, ...(reaches && { reaches }) }];
    }),
  );
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
