import type { NodeActionTraits } from '#lib/actions/declaration';
import { batchMigrateNodes } from '#lib/modelarts/endpoints/batch-migrate-nodes';
import { BatchMigrateNodesParameters } from '#lib/modelarts/requests/batch-migrate-nodes';

/** Moves nodes to another pool. The call fills in the clusters that a command leaves out. */
export const migrateNodesTraits = {
  name: 'migrate-nodes',
  target: 'nodes',
  endpoint: batchMigrateNodes,
  vendorName: 'batch-migrate',
  parameters: BatchMigrateNodesParameters,
  participle: 'moved',
  disruptive: () => true,
  // docs/design/modelarts-api.md 1.2: Huawei's own tools wait as long.
  deadline: { default: '60m', describe: 'For batch-migrate.' },
  until: 'job',
  jobType: undefined,
  needs: 'destination',
  verified: 'node healthy',
  describe: {
    rung: 'Move the node to another pool. Parameters: the request body of batch-migrate.',
    schedule: 'Move nodes to another pool.',
    function: 'Migrates nodes to another pool, once, and hands the job to poll-jobs',
  },
} as const satisfies NodeActionTraits;
