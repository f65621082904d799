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
  nobodyWaitsInVain,
  noMoreWokenThanRoom,
  waitsForTheLiving,
  windowsAreUsed,
} from './waiting.ts';
import { withinWindow } from './windows.ts';

/** What keeps too much from being done at once. */
export const limitOracles: Record<string, (run: Run) => Iterable<Finding>> = {
  'a call holds the places of its nodes': placedFirst,
  'nothing is begun on an old reading': freshReading,
  'what was given back is read anew': readSinceGivenBack,
  'no place is taken that there is not': placesWithinBudget,
  'a place is for the oldest that waits for it': oldestFirst,
  'nothing is done outside of a window': withinWindow,
  'a storm holds everything': stormHolds,
  'a storm has a cause': stormHasCause,
  'people are told of a storm': stormTold,
  'the breaker holds everything': breakerHolds,
  'the breaker opens for a cause, and people are told': breakerHasCause,
  'people are told of a pool over its budget': overBudgetTold,
  'nobody is told of a pool over its budget that is not': overBudgetHasCause,
  'nobody is held back without a reason': heldBackForReason,
  'nobody waits in vain': nobodyWaitsInVain,
  'windows are used': windowsAreUsed,
  'nobody waits for who is over': waitsForTheLiving,
  'who waits for a failure domain is told': domainsAreTold,
  'nobody is asked again without a reason': askedForReason,
  'no more are woken than there is room for': noMoreWokenThanRoom,
};
