import * as z from 'zod';
import { dotPath } from '#lib/rules/problem';
import { readYaml } from '#lib/rules/yaml-source';

/** As much of a rules file as is looked at here; it has been found right before. */
const Parts = z.looseObject({
  rules: z
    .array(
      z.looseObject({
        when: z.looseObject({ source: z.string().optional(), event: z.unknown().optional() }).default({}),
      }),
    )
    .default([]),
});
type Parts = z.output<typeof Parts>;
type Path = (string | number)[];

/** What a rules file may set and this version does not act on: where it is set, and what that means. */
const unused: { find: (file: Parts) => Path[]; means: string }[] = [
  {
    find: ({ rules }) =>
      rules.flatMap(({ when: { source = 'alertmanager', event } }, rule) => {
        if (source !== 'alertmanager') return [['rules', rule, 'when', 'source']];
        return event === undefined ? [] : [['rules', rule, 'when', 'event']];
      }),
    means: 'alerts come from alertmanager alone, so the rule matches none',
  },
];

/**
 * One line for each key that a rules file sets and that has no effect in this version: where it is set first, and how often
 * besides. Empty for a file whose every word is acted on.
 *
 * @param text of a file that `parseRules` takes
 * @param fileName as it is to stand in the lines
 */
export function notEnforced(text: string, fileName: string): string[] {
  const source = readYaml(text);
  if (!source.readable) return [];
  const file = Parts.parse(source.value);
  return unused.flatMap(({ find, means }) => {
    const [first, ...others] = find(file);
    if (!first) return [];
    const { line, column } = source.positionOf(first);
    const more = others.length > 0 ? ` (and ${others.length} more)` : '';
    return [
      `${fileName}:${line}:${column} ${dotPath(first)}${more}: has no effect in this version: ${means}`,
    ];
  });
}
