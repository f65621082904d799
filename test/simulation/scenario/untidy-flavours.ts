import { READING_MISHAPS } from '../world/odd-readings.ts';

/** What is odd in a seed: mishaps of readings, with how many times as often as elsewhere. */
export type UntidyFlavour = { often: Record<string, number>; weight: number };

const LISTS_THAT_SAY_NOTHING = ['error-in-200', 'empty-object', 'null-items', 'empty'];
const ENTRIES = ['without-field', 'unreadable-entry', 'double-entry', 'unknown-phase'];
const ADDRESSES = ['no-address', 'shared-address'];
const PAGES = ['short', 'endless', 'forgets-token'];
const REFUSED = ['refused-400', 'refused-401', 'refused-403', 'refused-404', 'refused-410'];

function often(kinds: readonly string[], times: number): Record<string, number> {
  return Object.fromEntries(kinds.map((kind) => [`odd-${kind}`, times]));
}

/** Few kinds at a time and each of them often, so that one odd answer follows another. */
export const UNTIDY_FLAVOURS: readonly UntidyFlavour[] = [
  { weight: 3, often: often(LISTS_THAT_SAY_NOTHING, 80) },
  { weight: 2, often: often(['empty', 'short'], 150) },
  { weight: 2, often: often(ENTRIES, 80) },
  { weight: 2, often: often(ADDRESSES, 150) },
  { weight: 1, often: often(PAGES, 80) },
  { weight: 2, often: often(REFUSED, 60) },
  { weight: 1, often: often(['stale'], 150) },
  { weight: 2, often: Object.fromEntries(READING_MISHAPS.map((mishap) => [mishap, 25])) },
  { weight: 1, often: Object.fromEntries(READING_MISHAPS.map((mishap) => [mishap, 4])) },
];
