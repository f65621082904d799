import type { Guard } from './guard.ts';
import { cooldown, newerThanLastRemediation, oneAtATime } from './history.ts';
import { nodeLadder } from './node-ladder.ts';
import { boundedRounds } from './rounds.ts';

/**
 * Guards against repeated work on a node. They use the ledger's record of the node, and are evaluated again in the write
 * that leases it.
 */
export const nodeHistoryGuards: readonly Guard[] = [
  oneAtATime,
  nodeLadder,
  cooldown,
  newerThanLastRemediation,
  boundedRounds,
];
