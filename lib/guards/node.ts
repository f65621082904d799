import type { Guard } from './guard.ts';

/**
 * The phases in which nobody works on a node. Every other one, `Creating`, `Deleting` and `Checking` among them, and any
 * that is not documented (the console knows "Resetting"), means that it is already being worked on.
 *
 * Source: docs/modelarts-api.md, 2.2: `Available · Creating · Deleting · Abnormal · Checking`.
 */
const IDLE_PHASES: readonly string[] = ['Available', 'Abnormal'];

/** Whether nobody works on a node. */
export function isIdle({ phase }: { readonly phase: string }): boolean {
  return IDLE_PHASES.includes(phase);
}

/** The node must be in the pool now. Which of several bearers of one address it is, a person says. */
export const nodePresent: Guard = ({ target, node, bearers = [] }) => ({
  guard: 'node-present',
  ...(bearers.length > 1 && { handsOver: true as const }),
  allowed: node !== undefined,
  why: node
    ? 'the node is in the pool'
    : bearers.length > 1
      ? `nobody knows which of ${bearers.length} nodes is meant`
      : `the pool has no node ${target}: it is gone, or was replaced`,
});

/** The node must not already be under work, and must show a phase that the rule demands, if it demands any. */
export const nodePhase: Guard = ({ node, limits: { phase: demanded } }) => {
  const guard = 'node-phase';
  if (!node) return { guard, allowed: false, defers: true, why: 'there is no node to look at' };
  if (!isIdle(node)) {
    return { guard, allowed: false, why: `the node is ${node.phase}: it is already being worked on` };
  }
  if (demanded && !demanded.includes(node.phase)) {
    return {
      guard,
      allowed: false,
      why: `the node is ${node.phase}; the rule demands ${demanded.join(' or ')}`,
    };
  }
  return { guard, allowed: true, why: `the node is ${node.phase}` };
};

/** A node that runs a workload is left alone, unless the rule says that workloads may be interrupted. */
export const noWorkload: Guard = ({ workloads, limits: { interruptWorkloads } }) => {
  const guard = 'no-workload';
  if (interruptWorkloads) return { guard, allowed: true, why: 'the rule allows workloads to be interrupted' };
  if (!workloads) {
    return {
      guard,
      allowed: true,
      why: 'the API does not tell what runs on the node; it refuses a call for a busy node itself',
    };
  }
  return workloads.length === 0
    ? { guard, allowed: true, why: 'no workload runs on the node' }
    : {
        guard,
        allowed: false,
        why: `${workloads.length} workloads run on the node: ${workloads.slice(0, 3).join(', ')}`,
      };
};
