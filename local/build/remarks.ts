import * as z from 'zod';
import { dotPath } from '#lib/issues';
import { readYaml } from '#lib/rules/parse/yaml-source';

/** As much of a rules file as remarks look at; the file has been found right before. */
const Parts = z.looseObject({
  pools: z.record(z.string(), z.unknown()).default({}),
  rules: z
    .array(
      z.looseObject({
        when: z.looseObject({ source: z.string().optional(), event: z.unknown().optional() }).default({}),
        pool: z.unknown(),
      }),
    )
    .default([]),
});
export type Parts = z.output<typeof Parts>;

/** Something to be said about a rules file that is right: where, and what. */
export type Remark = { find: (file: Parts) => (string | number)[][]; says: string };

/**
 * One line for each remark that applies to a rules file: its first place, and how often it applies besides.
 *
 * @param text of a file that `parseRules` takes
 * @param fileName as it is to stand in the lines
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
