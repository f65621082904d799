import type { PoolRules } from './rules.ts';

/** The pool of the rules file with this name or id. */
export function poolOf(
  { pools }: { readonly pools: readonly PoolRules[] },
  pool: string,
): PoolRules | undefined {
  return pools.find(({ name, id }) => pool === name || pool === id);
}
