import * as z from 'zod';
import { isRecord } from '#lib/is-record';

// Parts of payloads whose senders promise little: a part that is absent or malformed counts as absent, and the rest is read.

/** A text without the spaces around it. Any other value, and an empty text, is absent. */
export const LenientText = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined));

/** An object with these fields. Any other value counts as an empty one. */
export const lenientPart = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.preprocess((value) => (isRecord(value) ? value : {}), z.object(shape));
