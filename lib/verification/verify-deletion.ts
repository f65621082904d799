import type { Verify } from './verification.ts';

/**
 * A node pool is deleted when the API lists others and not this one, or says that it does not know it (docs/modelarts-api.md,
 * 3.3). An empty list proves nothing: every pool keeps at least one node pool. A deletion that is under way at the deadline
 * is a case for a person; one that shows no sign has failed.
 */
export const verifyDeletion: Verify = ({ nodePools, unknownNodePools = [] }, { target, deadlineMs }, now) => {
  if (unknownNodePools.includes(target)) {
    return { state: 'succeeded', why: `node pool ${target} is gone: the API does not know it any more` };
  }
  const nodePool = nodePools.find(({ name }) => name === target);
  if (!nodePool && nodePools.length > 0) {
    return { state: 'succeeded', why: `node pool ${target} is gone: the pool's list has it no more` };
  }
  if (!nodePool)
    return { state: 'verifying', why: 'the API lists no node pool at all, which no pool is without' };
  const { available, creating, deleting, abnormal } = nodePool.nodeCounts;
  const left = available + creating + abnormal;
  const why = `node pool ${target} still has ${left} nodes, and ${deleting} more are being deleted`;
  return now < deadlineMs || left === 0 || deleting > 0
    ? { state: 'verifying', why }
    : { state: 'failed', why };
};
