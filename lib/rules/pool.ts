/** The two ways to refer to a pool. */
type Named = { readonly name: string; readonly id: string };

/** The pool of the rules file with this name or id. */
export function poolOf<Pool extends Named>(
  { pools }: { readonly pools: readonly Pool[] },
  pool: string,
): Pool | undefined {
  return pools.find(({ name, id }) => pool === name || pool === id);
}

/** The name in the rules file of the pool with this name or id; `reference` itself if the file has no such pool. */
export function poolName(reference: string, pools: readonly Named[]): string {
  return poolOf({ pools }, reference)?.name ?? reference;
}

/** Replaces the name of a destination pool by its id, because the API accepts only ids. */
export function toPoolId<Parameters extends object>(
  parameters: Parameters,
  pools: readonly Named[],
): Parameters {
  const target =
    'toPoolName' in parameters ? pools.find(({ name }) => name === parameters.toPoolName) : undefined;
  return target ? { ...parameters, toPoolName: target.id } : parameters;
}

/** Huawei's SDK on `pool_name` (docs/design/modelarts-api.md 2.1): 36 to 63 characters, a lower-case letter first, no hyphen last. */
const POOL_ID = /^[a-z][a-z0-9-]{34,61}[a-z0-9]$/;

/** Whether a text has the form of a pool id, so that it may name a pool outside of the rules file. */
export function canBePoolId(text: string): boolean {
  return POOL_ID.test(text);
}
