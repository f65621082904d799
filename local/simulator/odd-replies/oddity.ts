/**
 * The ways in which the body of a successful read can be odd. A list has them all; a single object only those that do not
 * need `items`.
 */
export const oddities = [
  /** An error where the body is expected, under status 200. */
  'error-in-200',
  /** `{}`. */
  'empty-object',
  /** `items: null`. */
  'null-items',
  /** No entry at all; a count still says how many there are. */
  'empty',
  /** The entries of the second half are missing; a count says how many there are. */
  'short',
  /** One field of the body, or of one entry, is missing. */
  'without-field',
  /** One entry cannot be read: `null`, a text, without a name, with a field of another type. */
  'unreadable-entry',
  /** One entry comes twice, the second time with another phase. */
  'double-entry',
  /** One entry is in a phase that no page names, or in none. */
  'unknown-phase',
  /** One entry has no address. */
  'no-address',
  /** One entry bears the address of another. */
  'shared-address',
  /** There is always another page, and it holds what the first one held. */
  'endless',
  /** The first half, and a token that leads to the first half again. */
  'forgets-token',
] as const;

export type Oddity = (typeof oddities)[number];

/** Those that a single object can have. */
export const objectOddities = ['error-in-200', 'empty-object', 'without-field', 'unknown-phase'] as const;

export function isOddity(word: string): word is Oddity {
  return oddities.some((oddity) => oddity === word);
}
