import * as z from 'zod';
import { dotPath } from '#lib/issues';
import { parseRules } from '#lib/rules/parse/parse';
import { outlivedByStorms } from '#lib/rules/parse/sums';
import { readYaml } from '#lib/rules/parse/yaml-source';
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
  const source = readYaml(text);
  if (!source.readable) return [];
  const outlived = outlivedByStorms(parseRules(text, fileName)).map(({ path, reason }) => {
    const { line, column } = source.positionOf(path);
    return `${fileName}:${line}:${column} ${dotPath(path)}: ${reason}`;
  });
  return [...remarksOn(text, fileName, risky), ...outlived];
}
