import * as z from 'zod';
import { isNot } from './wording.ts';

const error = isNot('a field of the alert such as labels.instance or annotations.node');

/** `labels.instance`. Everything after the first dot is the key; it may contain dots and slashes. */
export const FieldPath = z
  .string({ error })
  .regex(/^(labels|annotations)\..+$/, { error })
  .transform((text) => {
    const kind = text.startsWith('labels.') ? ('labels' as const) : ('annotations' as const);
    return { kind, key: text.slice(kind.length + 1) };
  });

/** One field, or a list of fields. The first one that the alert has counts. */
export const FieldPaths = z.union([FieldPath.transform((path) => [path]), z.array(FieldPath).min(1)], {
  error,
});
