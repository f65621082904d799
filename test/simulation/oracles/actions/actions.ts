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
  'what was given up is not sent': givenUpForGood,
  'a node that is to stay well stays so': stayedWell,
  'a rule begins its ladder only so often': roundsKept,
  'what was done for an alert is undone when it is over': undoneWhenOver,
  'what was done for an alert does not stay': undoneAtLast,
  'at least one node stays in a pool': aNodeStays,
  'supernodes move as a whole': wholeSupernodes,
  'a migration has succeeded when the node is there': trulyArrived,
  'what has arrived has not failed': arrivalSeen,
  'every change stands in the ledger before it is sent': askedWithIntent,
  'tags are recorded where the API said so': tagsAsSaid,
  'an update ends for each node as the API said': updatedAsSaid,
  'what fails is tried three times': threeTries,
  'redundancy is said of what has it': redundancySeen,
  'a change changes nothing else': changesNothingElse,
  'what is sent again undoes nothing': undoesNothing,
  'nothing is changed without consent': askedWithConsent,
  'a node pool is deleted once': deletedOnce,
  'only what is gone is deleted': trulyDeleted,
  'a change has succeeded when it has come about': cameAbout,
  'what has time has not failed': failedInTime,
  'what runs is not disturbed': workloadsSpared,
  'only a node pool that may go is deleted': mayGo,
  'a firing is one command': oneCommandPerFiring,
  'an id is one command': oneCommandPerId,
  'a bad message comes to nothing': deadForGood,
  'what is buried is decided': buriedIsDecided,
  'what is answered is stored': storedBeforeAnswer,
};
