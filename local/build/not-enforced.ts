import { type Remark, remarksOn } from './remarks.ts';

/** Keys that a rules file may set, but that have no effect in this version. */
const unused: Remark[] = [
  {
    find: ({ rules }) =>
      rules.flatMap(({ when: { source, event } }, rule) =>
        source === 'alertmanager' && event !== undefined ? [['rules', rule, 'when', 'event']] : [],
      ),
    says: 'matches none: alerts of alertmanager have no event. Use source: smn',
  },
  {
    find: ({ rules, sources }) =>
      sources?.smn !== undefined
        ? []
        : rules.flatMap(({ when: { source } }, rule) =>
            source === 'smn' ? [['rules', rule, 'when', 'source']] : [],
          ),
    says: 'matches none: name the topics of SMN under sources.smn.topics',
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
