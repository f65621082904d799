import type { Guard } from './guard.ts';
import { noWorkload } from './node.ts';
import { windowOpen } from './window.ts';

/** Whether an update is one of HA redundancy: a label of the node shows it, and it moves what runs there. Any other is of tags. */
export function changesRedundancy({ action }: Readonly<Record<string, unknown>>): boolean {
  return action === 'openHaRedundant' || action === 'closeHaRedundant';
}

/** HA redundancy is not changed under a running job, where it is not possible either (docs/modelarts-api.md, section 4). */
export const noWorkloadForRedundancy: Guard = (facts, now) =>
  changesRedundancy(facts.remediation.parameters)
    ? noWorkload(facts, now)
    : { guard: 'no-workload', allowed: true, why: 'tags disturb no workload' };

/** HA redundancy moves what runs on a node: inside of the pool's windows only. Tags disturb nothing. */
export const windowForRedundancy: Guard = (facts, now) =>
  changesRedundancy(facts.remediation.parameters)
    ? windowOpen(facts, now)
    : { guard: 'window', allowed: true, why: 'tags may be set at any time' };
