import { isRecord } from '#lib/is-record';

/**
 * Applies a merge patch to a value (RFC 7396): it merges a map key by key, `null` removes a key, and any other value
 * replaces the old one. Pure; `undefined` stands for an absent value.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch === null ? undefined : patch;
  const merged = new Map<string, unknown>(Object.entries(isRecord(target) ? target : {}));
  for (const [key, change] of Object.entries(patch)) {
    const value = mergePatch(merged.get(key), change);
    if (value === undefined) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}
