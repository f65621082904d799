import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { AcceptedJob } from '../replies/accepted-job.ts';
import { BatchMigrateNodesRequest } from '../requests/batch-migrate-nodes.ts';

/** Moves nodes to another pool. No page documents the type of its job (docs/design/modelarts-api.md 10, row 25). */
export const batchMigrateNodes = defineEndpoint({
  name: 'batchMigrateNodes',
  method: 'POST',
  path: '/v2/{project_id}/pools/{pool_name}/nodes/batch-migrate',
  body: BatchMigrateNodesRequest,
  reply: AcceptedJob,
  idempotent: false,
  page: 'Migrating Nodes in Batches, 2026-01-30',
});
