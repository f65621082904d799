import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { NodePool } from '../replies/node-pool.ts';

/** Reads one node pool. For an unknown one the API answers 400 `ModelArts.50004000`, not 404 (docs/design/modelarts-api.md 3.1). */
export const showNodePool = defineEndpoint({
  name: 'showNodePool',
  method: 'GET',
  path: '/v2/{project_id}/pools/{pool_name}/nodepools/{nodepool_name}',
  reply: NodePool,
  isAbout: ({ name, resources }, { nodepool_name }) =>
    name === nodepool_name || resources.nodePool === nodepool_name,
  idempotent: true,
  page: 'https://support.huaweicloud.com/api-modelarts/node_management.md',
});
