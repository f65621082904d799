import * as z from 'zod';
import { dotPath } from '#lib/issues';
import { readYaml } from '#lib/rules/parse/yaml-source';

const When = z.looseObject({ source: z.string().optional(), event: z.unknown().optional() });

/** The parts of a rules file that remarks read. The file is known to be valid. */
const Parts = z.looseObject({
  pools: z.record(z.string(), z.unknown()).default({}),
  sources: z.looseObject({ smn: z.unknown().optional() }).optional(),
  rules: z
    .array(
      z.looseObject({
        when: z.union([z.array(When), When]).default({}),
        pool: z.unknown().optional(),
      }),
    )
    .default([]),
  extends: z.unknown().optional(),
  pack: z.looseObject({ pool: z.unknown() }).optional(),
});
export type Parts = z.output<typeof Parts>;

/** The paths of a key in the conditions of all rules, if the conditions have some property. */
export function pathsInWhen(
  { rules }: Pick<Parts, 'rules'>,
  key: string,
  has: (when: z.output<typeof When>) => boolean,
): (string | number)[][] {
  return rules.flatMap(({ when }, rule) => {
    const at = ['rules', rule, 'when'];
    if (!Array.isArray(when)) return has(when) ? [[...at, key]] : [];
    return when.flatMap((one, index) => (has(one) ? [[...at, index, key]] : []));
  });
}

/** A remark about a valid rules file: the paths to which it applies, and its text. */
export type Remark = { find: (file: Parts) => (string | number)[][]; says: string };

/**
 * One line for each remark that applies to a rules file: the first position, and the number of further ones.
 *
 * @param text the text of a valid rules file
 * @param fileName the name of the file in the lines
 */
export function remarksOn(text: string, fileName: string, remarks: readonly Remark[]): string[] {
  const source = readYaml(text);
  if (!source.readable) return [];
  const file = Parts.parse(source.value);
  return remarks.flatMap(({ find, says }) => {
    const [first, ...others] = find(file);
    if (!first) return [];
    const { line, column } = source.positionOf(first);
    const more = others.length > 0 ? ` (and ${others.length} more)` : '';
    return [`${fileName}:${line}:${column} ${dotPath(first)}${more}: ${says}`];
  });
}
