import * as z from 'zod';
import type { Verify } from './verification.ts';

const Wanted = z.looseObject({
  spec: z.looseObject({ resources: z.looseObject({ count: z.int(), maxCount: z.int() }) }),
});

/**
 * A node pool has come to what it was to be when the API shows the wanted numbers, as many nodes are available, and none is
 * coming or going. A pool that may grow further than its committed count and has not is short of spare nodes, not failed.
 */
export const verifyNodePool: Verify = ({ nodePools }, { target, call, deadlineMs }, now) => {
  const nodePool = nodePools.find(({ name }) => name === target);
  if (!nodePool) return { state: 'failed', why: `the pool has no node pool ${target} any more` };
  const { count, maxCount } = Wanted.parse(call.request).spec.resources;
  const { resources, nodeCounts } = nodePool;
  const { available, creating, deleting, abnormal } = nodeCounts;
  const why = `${available} of ${count} nodes are available, ${creating} creating, ${deleting} deleting, ${abnormal} abnormal`;

  const taken = resources.count === count && resources.maxCount === maxCount;
  if (!taken) {
    const shown = `the node pool shows count ${resources.count} and maxCount ${resources.maxCount}, not ${count} and ${maxCount}`;
    return now < deadlineMs ? { state: 'verifying', why: shown } : { state: 'failed', why: shown };
  }
  const atRest = creating === 0 && deleting === 0;
  if (atRest && available >= count && available + abnormal <= maxCount) {
    const shortOfSpare =
      available < maxCount ? `; of ${maxCount} at most there is no more to be had now` : '';
    return { state: 'succeeded', why: why + shortOfSpare };
  }
  if (now < deadlineMs) return { state: 'verifying', why };
  const shortfall = atRest && abnormal === 0 && available < count;
  return { state: 'failed', why: shortfall ? `${why}: the region has no more of the flavor` : why };
};
