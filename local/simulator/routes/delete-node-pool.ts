import { badRequest } from '../api-error.ts';
import { renderNodePool } from '../world/node-pool.ts';
import { nodesOf } from '../world/pool.ts';
import { isRemovable, removeNode } from '../world/scaling.ts';
import { nodePoolOf } from './node-pools.ts';
import { poolInPath, type Route } from './route.ts';

/**
 * DELETE node pool: answers with the object as it was. Then its nodes go one by one, and it goes with the last. Refused for
 * yearly/monthly pools, for one in use (delete-node-pool page) and for the pool's last one (docs/design/modelarts-api.md 3.1). It
 * ignores a body. A second request during the deletion gets the same answer.
 */
export const deleteNodePool: Route = {
  endpoint: 'delete-node-pool',
  method: 'DELETE',
  path: '/v2/{project_id}/pools/{pool_name}/nodepools/{nodepool_name}',
  handle(request, world) {
    const pool = poolInPath(request, world);
    const nodePool = nodePoolOf(request, pool);
    const nodes = nodesOf(pool, nodePool);
    const answer = renderNodePool(nodePool, nodes);
    if (nodePool.deleting) return answer;
    if (pool.billing === 'yearly-monthly') throw badRequest('a yearly/monthly pool cannot delete node pools');
    const others = pool.nodePools.values().filter((other) => other !== nodePool && !other.deleting);
    if (others.next().done) throw badRequest('a pool keeps at least one node pool');
    const inUse = nodes.find((node) => !isRemovable(node));
    if (inUse) throw badRequest(`node pool ${nodePool.name} is in use by node ${inUse.name}`);
    nodePool.deleting = true;
    nodePool.resources = { ...nodePool.resources, count: 0, maxCount: 0 };
    for (const node of nodes) removeNode(world, pool, nodePool, node);
    if (nodes.length === 0) pool.nodePools.delete(nodePool.name);
    return answer;
  },
};
