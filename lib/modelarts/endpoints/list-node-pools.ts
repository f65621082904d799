import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { NodePoolList } from '../replies/node-pool.ts';

/** Lists the node pools of a pool, all at once. */
export const listNodePools = defineEndpoint({
  name: 'listNodePools',
  method: 'GET',
  path: '/v2/{project_id}/pools/{pool_name}/nodepools',
  reply: NodePoolList,
  idempotent: true,
  page: 'https://support.huaweicloud.com/api-modelarts/node_management.md',
});
