import type { Guard } from '#lib/guards/guard';
import { breakerClosed } from './breaker.ts';
import { oneNodeAtATime, withinBudget, withinDailyBudget } from './budget.ts';
import { noStorm } from './storm.ts';
import { oneInFailureDomain } from './topology.ts';

/**
 * What guards a pool against too much at once: of every action that puts a node out of service. They rest on what the ledger
 * knows of the pool, and are asked again in the very write that takes a place.
 */
export const poolGuards: readonly Guard[] = [
  noStorm,
  breakerClosed,
  oneNodeAtATime,
  oneInFailureDomain,
  withinDailyBudget,
  withinBudget,
];
