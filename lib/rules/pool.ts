import type { PoolRules } from './rules.ts';

/** The pool of the rules file with this name or id. */
export function poolOf(
  { pools }: { readonly pools: readonly PoolRules[] },
  pool: string,
): PoolRules | undefined {
  return pools.find(({ name, id }) => pool === name || pool === id);
}

/** The name in the file of the pool with this name or id. */
export function poolName(reference: string, pools: readonly PoolRules[]): string {
  return poolOf({ pools }, reference)?.name ?? reference;
}

/** A destination that is a pool of the file is written as its id, which is what the API takes. */
export function toPoolId(
  parameters: Record<string, unknown>,
  pools: readonly PoolRules[],
): Record<string, unknown> {
  const target = pools.find(({ name }) => name === parameters['toPoolName']);
  return target ? { ...parameters, toPoolName: target.id } : parameters;
}

/** Huawei's SDK on `pool_name` (docs/modelarts-api.md 2.1): 36 to 63 characters, a lower-case letter first, no hyphen last. */
const POOL_ID = /^[a-z][a-z0-9-]{34,61}[a-z0-9]$/;

/** Whether a text can be the id of a pool that the rules file does not name. */
export function canBePoolId(text: string): boolean {
  return POOL_ID.test(text);
}
