import { badRequest } from '../api-error.ts';
import { type NodePool, renderNodePool } from '../world/node-pool.ts';
import { nodesOf, type Pool } from '../world/pool.ts';
import { type ApiRequest, poolInPath, type Route } from './route.ts';

/** The node pool in the path. An unknown one is a 400, not a 404 (docs/design/modelarts-api.md 3.1). */
export const nodePoolOf = ({ pathParameters }: ApiRequest, pool: Pool): NodePool => {
  const nodePool = pool.nodePools.get(pathParameters['nodepool_name'] ?? '');
  if (nodePool === undefined) throw badRequest('invalid nodepool name');
  return nodePool;
};

export const listNodePools: Route = {
  endpoint: 'list-node-pools',
  method: 'GET',
  path: '/v2/{project_id}/pools/{pool_name}/nodepools',
  handle(request, world) {
    const pool = poolInPath(request, world);
    return {
      apiVersion: 'v2',
      kind: 'NodePoolList',
      items: [...pool.nodePools.values()].map((nodePool) =>
        renderNodePool(nodePool, nodesOf(pool, nodePool)),
      ),
    };
  },
};

export const showNodePool: Route = {
  endpoint: 'show-node-pool',
  method: 'GET',
  path: '/v2/{project_id}/pools/{pool_name}/nodepools/{nodepool_name}',
  handle(request, world) {
    const pool = poolInPath(request, world);
    const nodePool = nodePoolOf(request, pool);
    return renderNodePool(nodePool, nodesOf(pool, nodePool));
  },
};
