import * as z from 'zod';
import { isNot } from './wording.ts';

const error = isNot('a budget: a number of nodes such as 2, or a share of the pool from 0% to 100%');

/** A share such as `5%`, or a number of nodes. */
export const Budget = z.union(
  [
    z
      .int()
      .nonnegative()
      .transform((count) => ({ count })),
    z
      .string()
      .regex(/^(\d{1,2}|100)%$/)
      .transform((text) => ({ percent: Number.parseInt(text, 10) })),
  ],
  { error },
);
