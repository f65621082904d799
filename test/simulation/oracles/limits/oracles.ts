import type { Run } from '../../run.ts';
import type { Finding } from '../oracles.ts';
import { breakerHasCause, breakerHolds } from './breaker.ts';
import { overBudgetHasCause, overBudgetTold } from './over-budget.ts';
import { heldBackForReason } from './reasons.ts';
import { freshReading, oldestFirst, placedFirst, placesWithinBudget, readSinceGivenBack } from './slots.ts';
import { stormHasCause, stormHolds, stormTold } from './storm.ts';
import {
  askedForReason,
  domainsAreTold,
  noMoreWokenThanRoom,
  noNeedlessWait,
  waitsForTheLiving,
  windowsAreUsed,
} from './waiting.ts';
import { withinWindow } from './windows.ts';

/** The promises that keep too much from being done at once. */
export const limitOracles: Record<string, (run: Run) => Iterable<Finding>> = {
  'a call holds the slots of its nodes': placedFirst,
  'nothing is begun on an old reading': freshReading,
  'a released node is read anew': readSinceGivenBack,
  'no slot is taken beyond the budget': placesWithinBudget,
  'a slot goes to the oldest command that waits for it': oldestFirst,
  'nothing is done outside of a window': withinWindow,
  'a storm holds everything': stormHolds,
  'a storm has a cause': stormHasCause,
  'people hear of a storm': stormTold,
  'the breaker holds everything': breakerHolds,
  'the breaker opens for a cause, and people hear of it': breakerHasCause,
  'people hear of a pool over its budget': overBudgetTold,
  'every notice of a pool over its budget is true': overBudgetHasCause,
  'no command is held back without a reason': heldBackForReason,
  'no command waits without a reason': noNeedlessWait,
  'windows are used': windowsAreUsed,
  'no command waits for one that has ended': waitsForTheLiving,
  'a command that waits for a failure domain is woken': domainsAreTold,
  'no command is judged again without a reason': askedForReason,
  'no more are woken than there is room for': noMoreWokenThanRoom,
};
