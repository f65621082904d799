import { type Remark, remarksOn } from './remarks.ts';

/** What a rules file may set and this version does not act on: where it is set, and what that means. */
const unused: Remark[] = [
  {
    find: ({ rules }) =>
      rules.flatMap(({ when: { source = 'alertmanager', event } }, rule) => {
        if (source !== 'alertmanager') return [['rules', rule, 'when', 'source']];
        return event === undefined ? [] : [['rules', rule, 'when', 'event']];
      }),
    says: 'has no effect in this version: alerts come from alertmanager alone, so the rule matches none',
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
  return remarksOn(text, fileName, unused);
}
