import * as z from 'zod';
import { dotPath } from '#lib/issues';
import { extendFile } from '#lib/rules/parse/extend';
import { parseRules } from '#lib/rules/parse/parse';
import { outlivedByStorms } from '#lib/rules/parse/sums';
import { readYaml } from '#lib/rules/parse/yaml-source';
import { type Remark, remarksOn } from './remarks.ts';

const FromAnyPool = z.strictObject({ from: z.union([z.string(), z.array(z.string())]) });

/** Valid entries of a rules file with an effect that its author may not expect. */
const risky: Remark[] = [
  {
    find: ({ pools, rules, pack }) => {
      if (Object.keys(pools).length === 1) return [];
      const named = [
        ...rules.map(({ pool }, rule) => ({ pool, path: ['rules', rule, 'pool'] })),
        { pool: pack?.pool, path: ['pack', 'pool'] },
      ];
      return named.flatMap(({ pool, path }) => (FromAnyPool.safeParse(pool).success ? [path] : []));
    },
    says: 'each sender of such an alert may name every pool of this file. To limit this, list the pools, as in { from: labels.pool, of: [train-a] }',
  },
];

/**
 * One line for each valid entry of a rules file with an effect that its author may not expect.
 *
 * @param text the text of a valid rules file
 * @param fileName the name of the file in the lines
 */
export function cautions(text: string, fileName: string): string[] {
  const source = readYaml(text);
  if (!source.readable) return [];
  const { inText } = extendFile(source.value);
  const outlived = inText(outlivedByStorms(parseRules(text, fileName))).map(({ path, reason }) => {
    const { line, column } = source.positionOf(path);
    return `${fileName}:${line}:${column} ${dotPath(path)}: ${reason}`;
  });
  return [...remarksOn(text, fileName, risky), ...outlived];
}
