import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { PatchedNodePool } from '../replies/node-pool.ts';
import { PatchNodePoolRequest } from '../requests/patch-node-pool.ts';

/** Changes what a node pool is to be. Followed by reading the node pool; there is no job. */
export const patchNodePool = defineEndpoint({
  name: 'patchNodePool',
  method: 'PATCH',
  path: '/v2/{project_id}/pools/{pool_name}/nodepools/{nodepool_name}',
  body: PatchNodePoolRequest,
  reply: PatchedNodePool,
  contentType: 'application/merge-patch+json',
  // The body names a state, never a difference.
  idempotent: true,
  page: 'Updating a Node Pool, 2025-08-20',
});
