import type { Guard } from '#lib/guards/guard';
import { breakerClosed } from './breaker.ts';
import { oneNodeAtATime, withinBudget, withinDailyBudget } from './budget.ts';
import { noStorm } from './storm.ts';
import { oneInFailureDomain } from './topology.ts';

/**
 * Guards of a pool against too many calls at once, for every action that puts a node out of service. They use the ledger's
 * record of the pool, and are evaluated again in the write that takes a slot.
 */
export const poolGuards: readonly Guard[] = [
  noStorm,
  breakerClosed,
  oneNodeAtATime,
  oneInFailureDomain,
  withinDailyBudget,
  withinBudget,
];
