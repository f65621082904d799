import type { Run } from '../../run.ts';
import { givenUpForGood, roundsKept, sentInTime, stayedWell } from '../calls/races.ts';
import { undoneAtLast, undoneWhenOver } from '../endings/resolutions.ts';
import type { Finding } from '../oracles.ts';
import { buriedIsDecided, deadForGood, oneCommandPerId, storedBeforeAnswer } from './commands.ts';
import { aNodeStays, arrivalSeen, trulyArrived, wholeSupernodes } from './migration.ts';
import {
  askedWithConsent,
  cameAbout,
  changesNothingElse,
  deletedOnce,
  failedInTime,
  mayGo,
  oneCommandPerFiring,
  trulyDeleted,
  undoesNothing,
  workloadsSpared,
} from './node-pools.ts';
import { askedWithIntent, redundancySeen, tagsAsSaid, threeTries, updatedAsSaid } from './updates.ts';

/** Promises that show in races, and those about everything that is not a reset. */
export const actionOracles: Record<string, (run: Run) => Iterable<Finding>> = {
  'a request is sent in time or not at all': sentInTime,
  'an abandoned call is not sent': givenUpForGood,
  'a node that must stay well does so': stayedWell,
  'a rule begins its ladder only so often': roundsKept,
  'steps for an alert are undone only when it is over': undoneWhenOver,
  'steps for an alert are undone in the end': undoneAtLast,
  'at least one node stays in a pool': aNodeStays,
  'supernodes move as a whole': wholeSupernodes,
  'a migration has succeeded when the node is there': trulyArrived,
  'a node that has arrived has not failed': arrivalSeen,
  'every change stands in the ledger before it is sent': askedWithIntent,
  'tags are recorded where the API said so': tagsAsSaid,
  'an update ends for each node as the API said': updatedAsSaid,
  'a failed update is tried three times': threeTries,
  'redundancy is reported as the API set it': redundancySeen,
  'a change changes nothing else': changesNothingElse,
  'a request that is sent again undoes nothing': undoesNothing,
  'nothing is changed without consent': askedWithConsent,
  'a node pool is deleted once': deletedOnce,
  'only a node pool that is gone counts as deleted': trulyDeleted,
  'a change has succeeded when it has come about': cameAbout,
  'a change that has time has not failed': failedInTime,
  'running workloads are not disturbed': workloadsSpared,
  'only a node pool that may go is deleted': mayGo,
  'a firing is one command': oneCommandPerFiring,
  'an id is one command': oneCommandPerId,
  'a bad message has no effect': deadForGood,
  'a buried command is decided': buriedIsDecided,
  'a command is stored before its sender gets an answer': storedBeforeAnswer,
};
