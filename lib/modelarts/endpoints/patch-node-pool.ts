import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { PatchedNodePool } from '../replies/node-pool.ts';
import { PatchNodePoolRequest } from '../requests/patch-node-pool.ts';

/** Changes the desired state of a node pool. There is no job: Poolkeeper reads the node pool. */
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
