import type { FaultOf } from '../faults/fault.ts';
import type { SeededRandom } from '../world/seeded-random.ts';
import { degrade } from './degrade.ts';

/** Number of kept answers per reading, as a stock of stale ones. */
const KEPT = 5;

/** Makes answers to readings odd, the same ones for the same seed. */
export interface OddReplies {
  /**
   * The answer to show. Every true answer must pass through here, because a stale one is an earlier one.
   *
   * @param target path and query of the request.
   */
  show(target: string, answer: object, fault: FaultOf<'odd-reply'> | undefined): unknown;
}

export const createOddReplies = (random: SeededRandom): OddReplies => {
  const earlier = new Map<string, readonly object[]>();
  let draws = 0;
  const choose = (count: number): number => {
    draws += 1;
    return Math.floor(random.uniform('odd reply', draws) * count);
  };

  return {
    show(target, answer, fault) {
      const known = earlier.get(target) ?? [];
      earlier.set(target, [...known.slice(1 - KEPT), answer]);
      if (fault === undefined) return answer;
      if (fault.oddity === 'stale') return known[choose(known.length)] ?? answer;
      return degrade(answer, fault.oddity, choose);
    },
  };
};
