import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { AcceptedJob } from '../replies/accepted-job.ts';
import { BatchResetNodesRequest } from '../requests/batch-reset-nodes.ts';

/**
 * Wipes nodes and sets them up again, a few at a time. The API refuses a node that runs a task (docs/design/modelarts-api.md
 * 10, row 3).
 */
export const batchResetNodes = defineEndpoint({
  name: 'batchResetNodes',
  method: 'POST',
  path: '/v2/{project_id}/pools/{pool_name}/nodes/batch-reset',
  body: BatchResetNodesRequest,
  reply: AcceptedJob,
  idempotent: false,
  page: 'Resetting Nodes, 2025-11-19',
});
