import type { Profile } from '../scenario/profiles/profiles.ts';

/** Worlds that run together: so many seeds from one on. `profile`: undefined where each seed has its own. */
export type Round = { from: number; seeds: number; profile: Profile | undefined };

/** How many rounds may follow the first one, and which part of its worlds each of them has. */
const MORE_ROUNDS = 9;
const PART = 3;

/**
 * The worlds in which branches are counted, round by round. Which worlds take a rare branch changes with each change of the code, so
 * further rounds follow while a branch is missing. Most rare branches are taken in corners: every second further round has them alone.
 */
export function roundsOf(first: Round): Round[] {
  const seeds = Math.ceil(first.seeds / PART);
  const more = Array.from({ length: MORE_ROUNDS }, (_, index): Round => {
    const profile = index % 2 === 0 ? (first.profile ?? 'corners') : first.profile;
    return { from: first.from + first.seeds + index * seeds, seeds, profile };
  });
  return [first, ...more];
}
