import { isRecord } from '#lib/is-record';

/** RFC 7396: null removes a member, objects merge, any other value (even a list) is replaced. */
export const mergePatch = (
  target: unknown,
  patch: Readonly<Record<string, unknown>>,
): Record<string, unknown> => {
  const merged: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (value !== undefined) merged[key] = isRecord(value) ? mergePatch(merged[key], value) : value;
  }
  return merged;
};
