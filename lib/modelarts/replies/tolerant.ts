import * as z from 'zod';

/** A list, a single one of its items, `null` or nothing: always read as a list (docs/modelarts-api.md 3.2 and 10, row 13). */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.preprocess((value) => (Array.isArray(value) ? value : [value ?? []].flat()), z.array(item));
}

/** A number, also one written as a string; `null` and anything else count as absent. */
export const TolerantNumber = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
  .optional()
  .catch(undefined);

/** A time in milliseconds since the epoch; 0 stands for "not yet" (docs/modelarts-api.md 1.1 leaves it open). */
export const EpochMs = TolerantNumber.transform((value) => (value === 0 ? undefined : value));

/** A string; `null`, an empty one and anything else count as absent. */
export const TolerantText = z.string().min(1).optional().catch(undefined);

/** A map of strings, as labels and annotations are. Other plain values are read as text, the rest is left out. */
export const TextMap = z
  .record(z.string(), z.unknown())
  .catch({})
  .transform((map) =>
    Object.fromEntries(Object.entries(map).flatMap(([key, value]) => textEntry(key, value))),
  );

function textEntry(key: string, value: unknown): [string, string][] {
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return plain ? [[key, String(value)]] : [];
}

/** An object whose absence, as `undefined` or `null`, means an object without fields. */
export function section<Shape extends z.core.$ZodShape>(shape: Shape) {
  return z.preprocess((value) => value ?? {}, z.looseObject(shape));
}

/** What the page types as string but may hold JSON: an object or a list in its place is read as its JSON text. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
