import type { Guard } from './guard.ts';
import { cooldown, newerThanLastRemediation, oneAtATime } from './history.ts';
import { nodeLadder } from './node-ladder.ts';
import { boundedRounds } from './rounds.ts';

/**
 * Guards against repeated work on a node. They use its hold and its history. The write that takes a hold fails if another
 * remediation has taken one meanwhile, or if a release has added to a history.
 */
export const nodeHistoryGuards: readonly Guard[] = [
  oneAtATime,
  nodeLadder,
  cooldown,
  newerThanLastRemediation,
  boundedRounds,
];
