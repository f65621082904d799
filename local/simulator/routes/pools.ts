import { renderPool } from '../world/pool.ts';
import { poolInPath, queryWord, type Route } from './route.ts';

/** ListPools (docs/design/modelarts-api.md 3.2). Every simulated pool is `created`; `workspaceId` and `labelSelector` are ignored. */
export const listPools: Route = {
  endpoint: 'list-pools',
  method: 'GET',
  path: '/v2/{project_id}/pools',
  handle({ query }, world) {
    const status = queryWord(query, 'status', ['created', 'failed', 'creating']) ?? 'created';
    const pools = status === 'created' ? [...world.pools.values()] : [];
    return { apiVersion: 'v2', kind: 'PoolList', metadata: {}, items: pools.map(renderPool) };
  },
};

export const showPool: Route = {
  endpoint: 'show-pool',
  method: 'GET',
  path: '/v2/{project_id}/pools/{pool_name}',
  handle: (request, world) => renderPool(poolInPath(request, world)),
};
