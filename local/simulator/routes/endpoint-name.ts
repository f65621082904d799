import * as z from 'zod';

/** The endpoints, as faults and the request log call them; those of the vendor pages are named like their page. */
export const EndpointName = z.enum([
  'batch-reset-nodes',
  'batch-update-nodes',
  'batch-migrate-nodes',
  'update-node-pool',
  'delete-node-pool',
  'list-jobs',
  'show-job',
  'list-pools',
  'show-pool',
  'list-workloads',
  'list-nodes',
  'show-node',
  'list-node-pools',
  'show-node-pool',
  'list-node-pool-nodes',
]);
export type EndpointName = z.output<typeof EndpointName>;
