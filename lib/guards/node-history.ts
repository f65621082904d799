import type { Guard } from './guard.ts';
import { cooldown, newerThanLastRemediation, oneAtATime } from './history.ts';
import { nodeLadder } from './node-ladder.ts';
import { boundedRounds } from './rounds.ts';

/**
 * What was done to a node before speaks against doing more. These rest on what the ledger knows of the node, and are asked
 * again in the very write that leases it.
 */
export const nodeHistoryGuards: readonly Guard[] = [
  oneAtATime,
  nodeLadder,
  cooldown,
  newerThanLastRemediation,
  boundedRounds,
];
