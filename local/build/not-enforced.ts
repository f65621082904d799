import { pathsInWhen, type Remark, remarksOn } from './remarks.ts';

/** Keys that a rules file may set, but that have no effect in this version. */
const unused: Remark[] = [
  {
    find: (file) =>
      pathsInWhen(file, 'event', ({ source, event }) => source === 'alertmanager' && event !== undefined),
    says: 'matches none: alerts of alertmanager have no event. Use source: smn',
  },
  {
    find: (file) =>
      file.sources?.smn !== undefined ? [] : pathsInWhen(file, 'source', ({ source }) => source === 'smn'),
    says: 'matches none: name the topics of SMN under sources.smn.topics',
  },
  {
    find: ({ sources, extends: packs }) =>
      sources?.smn === undefined && packs !== undefined ? [['extends']] : [],
    says: 'its rules for events of Cloud Eye match none: name the topics of SMN under sources.smn.topics',
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
