import * as z from 'zod';

/** Pages batch-reset and batch-update, table 1. */
export const ProjectId = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be 1 to 64 letters, digits and hyphens');
