import * as z from 'zod';
import { type Remark, remarksOn } from './remarks.ts';

const FromAnyPool = z.strictObject({ from: z.string() });

/** What a rules file may say and mean, and what somebody may not have thought of. */
const risky: Remark[] = [
  {
    find: ({ pools, rules }) =>
      Object.keys(pools).length === 1
        ? []
        : rules.flatMap(({ pool }, rule) =>
            FromAnyPool.safeParse(pool).success ? [['rules', rule, 'pool']] : [],
          ),
    says: 'each sender of such an alert may name every pool of this file: list the pools that it may name, as in { from: labels.pool, of: [train-a] }',
  },
];

/**
 * One line for each thing that a rules file says and that its author should know the reach of.
 *
 * @param text of a file that `parseRules` takes
 * @param fileName as it is to stand in the lines
 */
export function cautions(text: string, fileName: string): string[] {
  return remarksOn(text, fileName, risky);
}
