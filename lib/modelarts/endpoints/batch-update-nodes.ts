import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { NodeOutcomes } from '../replies/node-outcomes.ts';
import { BatchUpdateNodesRequest } from '../requests/batch-update-nodes.ts';

/** Sets HA redundancy or resource tags of nodes, at once and for each node by itself. There is no job to follow. */
export const batchUpdateNodes = defineEndpoint({
  name: 'batchUpdateNodes',
  method: 'POST',
  path: '/v2/{project_id}/pools/{pool_name}/nodes/batch-update',
  body: BatchUpdateNodesRequest,
  reply: NodeOutcomes,
  // Each action names a state: a tag is there or not, with this value; redundancy is on or off.
  idempotent: true,
  page: 'Batch Updating Nodes, 2026-01-30',
});
