import * as z from 'zod';
import type { NodePoolResources } from '#lib/modelarts/replies/node-pool';
import { PoolResourceChange } from './patch-node-pool.ts';

const Parameters = z.looseObject({ spec: z.looseObject({ resources: PoolResourceChange }) });

/** The wanted change of a node pool, from the command's parameters `{ spec: { resources } }`. */
export function changeIn(parameters: Readonly<Record<string, unknown>>): PoolResourceChange {
  return Parameters.parse(parameters).spec.resources;
}

/** The message for a change whose body (`spec.resources.nodePool`) and path name different node pools. */
export function otherNodePool(named: string, target: string): string {
  return `spec.resources.nodePool: is ${named}, but the command is for node pool ${target}: remove the field`;
}

/**
 * Whether a pool is physical; undefined if the API does not say. In a physical pool maxCount equals count (page
 * update-node-pool, table PoolResource); in a logical one it may be greater (page delete-node-pool, the same table).
 */
export function isPhysical(poolType: string | undefined): boolean | undefined {
  if (poolType === 'Dedicate') return true;
  return poolType === 'Logical' ? false : undefined;
}

/**
 * Maps that a merge patch merges key by key. The patch also contains their present keys, so a server that replaces
 * whole maps loses nothing. A removed key stays in the patch as `null`.
 */
const MERGED = {
  labels: z.record(z.string(), z.string()),
  extendParams: z.record(z.string(), z.string()),
  network: z.object({ vpc: z.string(), subnet: z.string(), securityGroups: z.array(z.string()) }).partial(),
};

/**
 * The `spec.resources` of a merge patch that makes only this `change`: the command's own fields, and flavor, count and
 * maxCount, which the API wants together (docs/design/modelarts-api.md 10, row 16). All other fields keep their values. Lists
 * are replaced whole. If the command does not set maxCount, it follows count, and in a logical pool only upwards.
 *
 * Not checked: a number that the API did not give is missing here too.
 */
export function nodePoolPatch(
  change: PoolResourceChange,
  now: NodePoolResources,
  poolType: string | undefined,
): NodePoolResources {
  const count = change.count ?? now.count;
  const isFixed = isPhysical(poolType) ?? now.maxCount === now.count;
  const maxCount = change.maxCount ?? (isFixed ? count : Math.max(now.maxCount ?? 0, count ?? 0));
  const merged = Object.entries(MERGED).flatMap(([field, shape]) => {
    const wanted: unknown = { ...change }[field];
    const had = shape.safeParse(now[field]);
    const isMerged = typeof wanted === 'object' && wanted !== null && had.success;
    return isMerged ? [[field, { ...had.data, ...wanted }] as const] : [];
  });
  return { flavor: now.flavor, ...change, ...Object.fromEntries(merged), count, maxCount };
}
