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
