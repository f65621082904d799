import * as z from 'zod';

/** What the body of a request calls its sender. It is kept as a note: who it was is told by the token. */
export const Note = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .meta({ description: 'Kept in the ledger as a note; who decides is told by the token' });
