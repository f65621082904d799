/**
 * Promises that are asked where somebody has spoilt a document that work rests on. Of such a document people are told once, and
 * what rests on it stands still until it is mended: the other promises speak of the document itself.
 */
export const ASKED_WHERE_SPOILT: readonly string[] = [
  'a call is never sent again',
  'one job at a time for a node',
  'never too many at once',
  'supernodes move as a whole',
  'a door refuses every bad request',
  'secrets are kept',
  'no code breaks',
];

/** What work rests on. */
export const WORK: readonly string[] = ['remediation#', 'call#', 'job#'];
