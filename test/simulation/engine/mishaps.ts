import type { Chance } from '#local/rehearsal/engine/chance';
import type { Fate } from '#local/rehearsal/engine/fate';

/** The mishaps of a run, by place: the key names the operation and its process. */
export type Mishaps = ReadonlyMap<string, string>;

/** Mishaps that happen only where a scenario says how often. All others happen everywhere. */
const ONLY_WHERE_ASKED: readonly string[] = [
  'lost',
  'forgotten',
  'deadly',
  'sick',
  'long-hidden-job',
  'forbidden',
  'dies-meanwhile',
  'dies-after-call',
  'dies-after-look',
  'dies-after-remediation',
  'dies-after-node',
  'dies-after-pool',
  'dies-after-job',
  'dies-after-send',
  'arrives-late',
  'arrives-in-work',
  'never-arrives',
  'stays-behind',
  'change-late',
  'change-in-part',
  'change-never',
  'deletion-late',
  'deletion-never',
  'deletion-stops',
  'shows-late',
  'shows-never',
  'stuck',
];

/**
 * Decides on mishaps: in a first run by lot, at the rates of its `weather`; in a replay exactly those of a list, so that a run can be
 * repeated with one mishap less.
 *
 * @param often by mishap, how many times as often it happens as elsewhere.
 * @param onlyOdd only readings are odd; nothing else goes wrong.
 */
export function createFate(
  chance: Chance,
  weather: number,
  given?: Mishaps,
  often: Readonly<Record<string, number>> = {},
  onlyOdd = false,
): Fate {
  const happened = new Map<string, string>();
  let calm = false;

  function lot(key: string, rates: Readonly<Record<string, number>>): string | undefined {
    let left = chance.draw(`mishap/${key}`);
    for (const [mishap, rate] of Object.entries(rates)) {
      if (onlyOdd && !mishap.startsWith('odd-')) continue;
      left -= rate * weather * (often[mishap] ?? (ONLY_WHERE_ASKED.includes(mishap) ? 0 : 1));
      if (left < 0) return mishap;
    }
    return undefined;
  }

  return {
    decide(key, rates) {
      if (calm) return undefined;
      const mishap = given ? given.get(key) : lot(key, rates);
      if (mishap === undefined || !(mishap in rates)) return undefined;
      happened.set(key, mishap);
      return mishap;
    },
    calm() {
      calm = true;
    },
    isCalm: () => calm,
    happened,
  };
}
