/**
 * What a merge patch makes of a value (RFC 7396): a map is merged key by key, `null` takes a key away, and anything else takes
 * the place of what was there. Pure; `undefined` stands for a value that is absent.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch === null ? undefined : patch;
  const merged = new Map<string, unknown>(Object.entries(isMap(target) ? target : {}));
  for (const [key, change] of Object.entries(patch)) {
    const value = mergePatch(merged.get(key), change);
    if (value === undefined) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
