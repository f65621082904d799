import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { PoolNode } from '../replies/pool-node.ts';

/** Reads one node. */
export const showPoolNode = defineEndpoint({
  name: 'showPoolNode',
  method: 'GET',
  path: '/v2/{project_id}/pools/{pool_name}/nodes/{node_name}',
  reply: PoolNode,
  isAbout: ({ name }, { node_name }) => name === node_name,
  idempotent: true,
  page: 'https://support.huaweicloud.com/api-modelarts/node_management.md',
});
