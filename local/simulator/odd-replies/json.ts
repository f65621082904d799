export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The path of every field in an object, including those of nested objects. */
export function positionsOf(object: JsonObject, path: readonly string[] = []): (readonly string[])[] {
  return Object.entries(object).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const own = [...path, key];
    return [own, ...(isJsonObject(value) ? positionsOf(value, own) : [])];
  });
}

/** The object without the field at a path. */
export function without(object: JsonObject, [key = '', ...deeper]: readonly string[]): JsonObject {
  const { [key]: value, ...others } = object;
  if (deeper.length === 0 || !isJsonObject(value)) return others;
  return { ...object, [key]: without(value, deeper) };
}
