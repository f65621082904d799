import type { Facts, Guard } from '#lib/guards/guard';
import { workloadsRun } from '#lib/guards/node';
import { ofSeen, unknown } from '#lib/guards/unknown';
import { changeIn } from '#lib/modelarts/requests/node-pool-patch';

/** Poolkeeper leaves a node pool with workloads alone, unless the command allows it to interrupt them. */
export const nodePoolNotInUse: Guard = ofSeen('node-pool-not-in-use', (facts, now) => {
  const { workloads, workloadsUnknown, limits } = facts;
  const guard = 'node-pool-not-in-use';
  const names = (workloads ?? []).slice(0, 3).join(', ');
  const running = workloads
    ? `${workloadsRun(workloads.length)} on the node pool${names === '' ? '' : `: ${names}`}`
    : `the workloads of the node pool are unknown: ${workloadsUnknown ?? 'its workloads were not read'}`;
  if (limits.interruptWorkloads)
    return { guard, allowed: true, why: `Poolkeeper may interrupt workloads; ${running}` };
  return workloads
    ? { guard, allowed: workloads.length === 0, why: running }
    : unknown(guard, running, facts, now);
});

/** A node pool is not deleted while remediations work on its nodes. */
export const nodesNotAtWork: Guard = ({ nodesAtWork = new Map<string, string>() }) => {
  const [first] = nodesAtWork;
  return {
    guard: 'nodes-not-at-work',
    allowed: first === undefined,
    why: first
      ? `remediations are at work on ${nodesAtWork.size} of its nodes: ${first[1]} on ${first[0]}`
      : 'no remediation is at work on its nodes',
  };
};

/**
 * A node pool must not become smaller than the number of its nodes with workloads, unless the command allows interruptions. The vendor
 * chooses the nodes to remove, and no page says how; that idle nodes go first is likely, but not documented.
 */
export const shrinkSparesWorkloads: Guard = ofSeen('shrink-spares-workloads', (facts, now) => {
  const { remediation, nodePool, nodesInUse, workloadsUnknown, limits } = facts;
  const guard = 'shrink-spares-workloads';
  const size = sizeOf(nodePool);
  const { count = size } = changeIn(remediation.parameters);
  if (count >= size)
    return { guard, allowed: true, why: `the node pool does not become smaller than its ${size} nodes` };
  const why =
    nodesInUse === undefined
      ? `it is unknown how many of ${size} nodes run workloads: ${workloadsUnknown ?? 'they were not read'}`
      : `${nodesInUse} of ${size} nodes run workloads; ${count} would stay`;
  if (limits.interruptWorkloads)
    return { guard, allowed: true, why: `Poolkeeper may interrupt workloads; ${why}` };
  return nodesInUse === undefined
    ? unknown(guard, why, facts, now)
    : { guard, allowed: count >= nodesInUse, why };
});

/** The reason why a change of a node pool needs an approval: a rule would remove nodes because of an alert. */
export function shrinksByRule({ remediation, nodePool }: Facts): string | undefined {
  const { ladder, resolution, parameters } = remediation;
  const now = sizeOf(nodePool);
  const { count = now } = changeIn(parameters);
  return (ladder ?? resolution) !== undefined && count < now
    ? `a rule that makes a node pool smaller, here from ${now} nodes to ${count}, waits for an approval`
    : undefined;
}

/** The present or the desired number of nodes of a node pool, the larger of the two. */
function sizeOf(nodePool: Facts['nodePool']): number {
  const { available = 0, abnormal = 0, creating = 0 } = nodePool?.nodeCounts ?? {};
  return Math.max(nodePool?.resources.count ?? 0, available + abnormal + creating);
}
