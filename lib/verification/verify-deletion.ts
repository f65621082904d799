import type { Verify } from './verification.ts';

/** A node pool is deleted when the API does not list it any more. */
export const verifyDeletion: Verify = ({ nodePools }, { target, deadlineMs }, now) => {
  const nodePool = nodePools.find(({ name }) => name === target);
  if (!nodePool) return { state: 'succeeded', why: `node pool ${target} is gone` };
  const { available, deleting, abnormal } = nodePool.nodeCounts;
  const why = `node pool ${target} still has ${available + abnormal} nodes, and ${deleting} are being deleted`;
  return now < deadlineMs ? { state: 'verifying', why } : { state: 'failed', why };
};
