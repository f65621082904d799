import type * as z from 'zod';
import { isRecord } from '#lib/is-record';

/** Reads the fields of one entry of an answer, each by itself. */
export type FieldReader<Field extends string> = {
  /**
   * A field by its path. Undefined: it is missing, `null` or empty, or it does not fit its page. In the last case
   * `unreadable` names it, and its value is unknown.
   */
  readonly read: <Value>(
    field: Field,
    path: readonly string[],
    schema: z.ZodType<Value>,
  ) => Value | undefined;
  readonly unreadable: readonly Field[];
};

/** Keeps an odd field from making its whole entry unreadable. */
export function createFieldReader<Field extends string>(entry: unknown): FieldReader<Field> {
  const unreadable: Field[] = [];
  return {
    unreadable,
    read(field, path, schema) {
      let value: unknown = entry;
      for (const key of path) {
        if (isAbsent(value)) return undefined;
        if (!isRecord(value)) {
          unreadable.push(field);
          return undefined;
        }
        value = Object.hasOwn(value, key) ? value[key] : undefined;
      }
      if (isAbsent(value)) return undefined;
      const { success, data } = schema.safeParse(value);
      if (!success) unreadable.push(field);
      return data;
    },
  };
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
