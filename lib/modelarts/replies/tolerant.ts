import * as z from 'zod';
import { EARLIEST_TIME_MS, isNameOfEveryObject, LATEST_TIME_MS, MAX_NAME_LENGTH } from '#lib/bounds';

/** A list, a single one of its items, `null` or nothing: always read as a list (docs/design/modelarts-api.md 3.2 and 10, row 13). */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.preprocess((value) => (Array.isArray(value) ? value : [value ?? []].flat()), z.array(item));
}

/** The name of an entry of a list. */
export const EntryName = z
  .string()
  .min(1, 'is empty')
  .max(MAX_NAME_LENGTH, `is longer than ${MAX_NAME_LENGTH} characters`)
  .refine((name) => !isNameOfEveryObject(name), 'is a name that Poolkeeper cannot keep');

/** A whole number from 0 on, also as a string. */
export const Count = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).pipe(z.int().min(0));

/** A whole number from 0 on, also as a string; `null` and all other values count as absent. */
export const TolerantNumber = Count.optional().catch(undefined);

/**
 * A time in milliseconds since the epoch. 0 and a time in an impossible year mean "not yet" (docs/design/modelarts-api.md 1.1
 * leaves it open).
 */
export const EpochMs = TolerantNumber.transform((value) =>
  value !== undefined && value >= EARLIEST_TIME_MS && value <= LATEST_TIME_MS ? value : undefined,
);

/** A string; `null`, an empty one and all other values count as absent. */
export const TolerantText = z.string().min(1).optional().catch(undefined);

/** A map of strings, for labels and annotations. Numbers and booleans become text, `null` is omitted. */
export const TextMap = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .transform((map) =>
    Object.fromEntries(
      Object.entries(map).flatMap(([key, value]) => (value === null ? [] : [[key, String(value)] as const])),
    ),
  );

/** An object. `undefined` and `null` mean an object without fields. */
export function section<Shape extends z.core.$ZodShape>(shape: Shape) {
  return z.preprocess((value) => value ?? {}, z.looseObject(shape));
}

/** The page types it as a string that may hold JSON. An object or a list in its place becomes its JSON text. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
