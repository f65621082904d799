import type { Verify } from '#lib/verification/verification';

/**
 * A node pool is deleted when the API says that it does not know its name (docs/design/modelarts-api.md, 3.3). A list without it proves
 * nothing, because a list may omit what exists. If a deletion is still in progress at the deadline, or nothing is known of the node
 * pool, a person must decide; if the deletion has not begun, it has failed.
 */
export const verifyDeletion: Verify = ({ nodePools, nodePoolsByName }, { target, deadlineMs }, now) => {
  const answer = nodePoolsByName?.get(target);
  if (answer === 'none')
    return { state: 'succeeded', why: `node pool ${target} is gone: the API no longer knows it` };
  const nodePool = nodePools.find(({ name }) => name === target) ?? answer;
  if (!nodePool) {
    const why = `the list of node pools does not show ${target}, and the API does not say by its name that it is gone`;
    return { state: 'verifying', why };
  }
  const { available, creating, deleting, abnormal } = nodePool.nodeCounts;
  const left = available + creating + abnormal;
  const why = `node pool ${target} still has ${left} nodes, and ${deleting} more are being deleted`;
  return now < deadlineMs || left === 0 || deleting > 0
    ? { state: 'verifying', why }
    : { state: 'failed', why };
};
