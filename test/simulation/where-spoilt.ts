/**
 * Promises that hold in worlds with a spoilt document of the ledger. People hear of such a document once, and its work stands
 * still until a person repairs it; so the other promises do not hold for it.
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

/** The documents without which work stands still. */
export const WORK: readonly string[] = ['remediation#', 'call#', 'job#'];
