/**
 * The ways in which the body of a successful read can be odd. A list can have all of them, a single object only those that
 * do not need `items`.
 */
export const oddities = [
  /** An error where the body is expected, under status 200. */
  'error-in-200',
  /** `{}`. */
  'empty-object',
  /** `items: null`. */
  'null-items',
  /** No entry at all; a count still gives the number of entries. */
  'empty',
  /** The second half of the entries is missing; a count still gives their number. */
  'short',
  /** One field of the body, or of one entry, is missing. */
  'without-field',
  /** One unreadable entry: `null`, a text, without a name, with a field of another type. */
  'unreadable-entry',
  /** One entry comes twice, the second time with another phase. */
  'double-entry',
  /** One entry has a phase that no page names, or none. */
  'unknown-phase',
  /** One entry has no address. */
  'no-address',
  /** One entry has the address of another. */
  'shared-address',
  /** There is always another page, with the content of the first one. */
  'endless',
  /** The first half, and a token that leads to the first half again. */
  'forgets-token',
] as const;

export type Oddity = (typeof oddities)[number];

/** The ways for a single object. */
export const objectOddities = ['error-in-200', 'empty-object', 'without-field', 'unknown-phase'] as const;

export function isOddity(word: string): word is Oddity {
  return oddities.some((oddity) => oddity === word);
}
