import type { Chance } from '#local/rehearsal/engine/chance';
import { READING_MISHAPS } from '../../world/odd-readings.ts';
import type { SenderHabits } from '../actors/sender-habits.ts';

/** The oddities of a seed: mishaps of readings, with how many times as often as elsewhere. */
export type UntidyFlavour = {
  often: Record<string, number>;
  /** The oddities of the sender of an alert that begins at a time. */
  sender?: (chance: Chance, key: string, atMs: number) => SenderHabits;
};

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
        ...(chance.happens(0.5, `${key}/lapse/lost`) && { lost: 'MissingSeries' }),
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

/** How many times as often as elsewhere a reading is odd where nearly every third is, every seventh, or one of each kind in a hundred. */
const OFTEN = 500;
const NOW_AND_THEN = 230;
const SELDOM = 16;

/**
 * The oddities of a seed. Mostly there is one kind alone, and often: one odd answer follows another, and everything else is as it
 * should be.
 */
export function untidyFlavour(chance: Chance): UntidyFlavour {
  const [first = '', second = ''] = chance.shuffle(READING_MISHAPS, 'flavour/kinds');
  const often = chance.pick<Record<string, number>>(
    [
      { [first]: OFTEN },
      { [first]: OFTEN },
      { [first]: OFTEN },
      { [first]: NOW_AND_THEN, [second]: NOW_AND_THEN },
      Object.fromEntries(READING_MISHAPS.map((mishap) => [mishap, SELDOM])),
      {},
      {},
    ],
    'flavour',
  );
  const isOddlyTold = Object.keys(often).length === 0 || chance.happens(0.4, 'flavour/senders');
  return { often, ...(isOddlyTold && { sender: habitsOf }) };
}
