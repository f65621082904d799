import type { Chance } from '../engine/chance.ts';
import { READING_MISHAPS } from '../world/odd-readings.ts';
import type { SenderHabits } from './sender-habits.ts';

/** What is odd in a seed: mishaps of readings, with how many times as often as elsewhere. */
export type UntidyFlavour = {
  often: Record<string, number>;
  weight: number;
  /** What is odd about the sender of an alert that begins at a time. */
  sender?: (chance: Chance, key: string, atMs: number) => SenderHabits;
};

const LISTS_THAT_SAY_NOTHING = ['error-in-200', 'empty-object', 'null-items', 'empty'];
const ENTRIES = ['without-field', 'unreadable-entry', 'double-entry', 'unknown-phase'];
const ADDRESSES = ['no-address', 'shared-address'];
const PAGES = ['short', 'endless', 'forgets-token'];
const REFUSED = ['refused-400', 'refused-401', 'refused-403', 'refused-404', 'refused-410'];

function often(kinds: readonly string[], times: number): Record<string, number> {
  return Object.fromEntries(kinds.map((kind) => [`odd-${kind}`, times]));
}

const MINUTE_MS = 60_000;

/** One or two odd habits of a sender. */
function habitsOf(chance: Chance, key: string, atMs: number): SenderHabits {
  const pick = () =>
    chance.pick(['clock', 'now', 'lapses', 'fingerprints', 'company', 'second'], `${key}/habit`);
  const also = chance.pick(['clock', 'now', 'fingerprints', 'company', 'second', 'none'], `${key}/also`);
  const all: Record<string, SenderHabits> = {
    clock: { clockMs: chance.pick([-4, -1, 0.3, 1, 3, 10], `${key}/clock`) * MINUTE_MS },
    now: { resolvesAsNow: true },
    lapses: {
      lapses: {
        atMs: atMs + chance.between(1, 20, `${key}/lapse`) * MINUTE_MS,
        forMs: chance.pick([0.4, 2, 6], `${key}/lapse/for`) * MINUTE_MS,
      },
    },
    fingerprints: { fingerprints: chance.between(2, 5, `${key}/fingerprints`) },
    company: {
      company: chance.pick(['half-bad', 'half-bad', 'huge', 'truncated'] as const, `${key}/company`),
    },
    second: { secondLateMs: chance.pick([1_000, 20_000, 50_000], `${key}/second`) },
    none: {},
  };
  return { ...all[pick()], ...all[also] };
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
  { weight: 1, often: Object.fromEntries(READING_MISHAPS.map((mishap) => [mishap, 4])), sender: habitsOf },
  { weight: 5, often: {}, sender: habitsOf },
];
