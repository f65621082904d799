import { type Remark, remarksOn } from './remarks.ts';

/** Keys that a rules file may set, but that have no effect in this version. */
const unused: Remark[] = [
  {
    find: ({ rules }) =>
      rules.flatMap(({ when: { source = 'alertmanager', event } }, rule) => {
        if (source !== 'alertmanager') return [['rules', rule, 'when', 'source']];
        return event === undefined ? [] : [['rules', rule, 'when', 'event']];
      }),
    says: 'has no effect in this version: alerts come only from alertmanager, so the rule matches none',
  },
];

/**
 * One line for each key of a rules file that has no effect in this version: its first position, and the number of further ones.
 * Empty if every key has an effect.
 *
 * @param text the text of a valid rules file
 * @param fileName the name of the file in the lines
 */
export function notEnforced(text: string, fileName: string): string[] {
  return remarksOn(text, fileName, unused);
}
