import type { Guard } from './guard.ts';

/** A node pool with nodes that run workloads is left alone, unless the command says that they may be interrupted. */
export const nodePoolNotInUse: Guard = ({ workloads, limits }) => {
  const guard = 'node-pool-not-in-use';
  const running = workloads
    ? `${workloads.length} workloads run on the node pool${workloads.length > 0 ? `: ${workloads.slice(0, 3).join(', ')}` : ''}`
    : 'this API does not list workloads; it refuses to delete a node pool in use itself';
  if (!limits.interruptWorkloads) {
    return { guard, allowed: workloads === undefined || workloads.length === 0, why: running };
  }
  return { guard, allowed: true, why: `workloads may be interrupted; ${running}` };
};
