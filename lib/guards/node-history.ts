import type { Guard } from './guard.ts';
import { cooldown, newerThanLastRemediation, oneAtATime } from './history.ts';
import { nodeLadder } from './node-ladder.ts';
import { boundedRounds } from './rounds.ts';

/**
 * Guards against repeated work on a node. They use its hold and its history, and are evaluated again in the write that takes
 * the hold.
 */
export const nodeHistoryGuards: readonly Guard[] = [
  oneAtATime,
  nodeLadder,
  cooldown,
  newerThanLastRemediation,
  boundedRounds,
];
