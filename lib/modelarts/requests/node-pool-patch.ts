import * as z from 'zod';
import type { NodePoolResources } from '#lib/modelarts/replies/node-pool';
import { PoolResourceChange } from './patch-node-pool.ts';

const Parameters = z.looseObject({ spec: z.looseObject({ resources: PoolResourceChange }) });

/** What a command wants of a node pool, out of its parameters `{ spec: { resources } }`. */
export function changeIn(parameters: Readonly<Record<string, unknown>>): PoolResourceChange {
  return Parameters.parse(parameters).spec.resources;
}

/** What is said of a change that names another node pool (`spec.resources.nodePool`) than the one that its path names. */
export function otherNodePool(named: string, target: string): string {
  return `spec.resources.nodePool: is ${named}, and the command is for node pool ${target}; leave the field out`;
}

/**
 * Whether a change names another node pool than its path, as far as the names alone tell: the API spells the name of a
 * default node pool in several ways, which differ in upper and lower case (docs/modelarts-api.md 3.1).
 */
export function namesAnotherNodePool({ nodePool }: PoolResourceChange, target: string): boolean {
  return nodePool !== undefined && nodePool.toLowerCase() !== target.toLowerCase();
}

/**
 * Whether the API says of a pool that it is physical; undefined where it does not say. In a physical pool maxCount is count
 * (page update-node-pool, table PoolResource); in a logical one it may be more (page delete-node-pool, the same table).
 */
export function isPhysical(poolType: string | undefined): boolean | undefined {
  if (poolType === 'Dedicate') return true;
  return poolType === 'Logical' ? false : undefined;
}

/**
 * Maps that a merge patch merges key by key. What they have already is sent too: a server that replaced them whole would
 * lose nothing by this either. A key that is to go stays in the patch as `null`.
 */
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
    const isMerged = typeof wanted === 'object' && wanted !== null && had.success;
    return isMerged ? [[field, { ...had.data, ...wanted }] as const] : [];
  });
  return { flavor: now.flavor, ...change, ...Object.fromEntries(merged), count, maxCount };
}
