import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { DeletedNodePool } from '../replies/node-pool.ts';

/**
 * Deletes a node pool with its nodes. There is no job: Poolkeeper reads the node pool until the API no longer knows it. The
 * page's table has no body, and its example has an empty object; the request has none (docs/design/modelarts-api.md 10, row 14).
 */
export const deleteNodePool = defineEndpoint({
  name: 'deleteNodePool',
  method: 'DELETE',
  path: '/v2/{project_id}/pools/{pool_name}/nodepools/{nodepool_name}',
  reply: DeletedNodePool,
  // Another person may have made a new node pool of the same name in between.
  idempotent: false,
  page: 'Deleting a Node Pool, 2025-11-19',
});
