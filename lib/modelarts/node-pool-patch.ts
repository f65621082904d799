import * as z from 'zod';
import type { NodePoolResources } from './replies/node-pool.ts';
import { PoolResourceChange } from './requests/patch-node-pool.ts';

const Parameters = z.looseObject({ spec: z.looseObject({ resources: PoolResourceChange }) });

/** What a command wants of a node pool, out of its parameters `{ spec: { resources } }`. */
export function changeIn(parameters: Readonly<Record<string, unknown>>): PoolResourceChange {
  return Parameters.parse(parameters).spec.resources;
}

/**
 * Whether the API says of a pool that it is physical; undefined where it does not say. In a physical pool maxCount is count
 * (page update-node-pool, table PoolResource); in a logical one it may be more (page delete-node-pool, the same table).
 */
export function isPhysical(poolType: string | undefined): boolean | undefined {
  if (poolType === 'Dedicate') return true;
  return poolType === 'Logical' ? false : undefined;
}

/** Maps that a merge patch merges key by key. A server that replaced them whole would lose nothing by this either. */
const MERGED = {
  labels: z.record(z.string(), z.string()),
  extendParams: z.record(z.string(), z.string()),
  network: z.object({ vpc: z.string(), subnet: z.string(), securityGroups: z.array(z.string()) }).partial(),
};

/**
 * The `spec.resources` of a merge patch that makes `change` of a node pool and nothing else: what the command names, and
 * flavor, count and maxCount, which the API wants together (docs/modelarts-api.md 10, row 16). What a merge patch leaves out stays as
 * it is. Lists are replaced whole. Without a word about it maxCount follows count, and in a logical pool only upwards.
 *
 * Not checked: where the API did not tell a number, it is missing here too.
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
    return typeof wanted === 'object' && had.success ? [[field, { ...had.data, ...wanted }] as const] : [];
  });
  return { flavor: now.flavor, ...change, ...Object.fromEntries(merged), count, maxCount };
}
