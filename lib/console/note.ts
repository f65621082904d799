import * as z from 'zod';

/** The name that a request gives for its sender. It is only a note: the token tells who it was. */
export const Note = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .meta({ description: 'Kept in the ledger as a note. The token identifies the person who decides' });

/** A body that may only give such a note. */
export const OnlyNote = z.strictObject({ by: Note.optional() });
