import * as z from 'zod';
import { BatchMigrateNodesParameters } from '#lib/modelarts/requests/batch-migrate-nodes';
import { BatchResetNodesParameters } from '#lib/modelarts/requests/batch-reset-nodes';
import { BatchUpdateNodesParameters } from '#lib/modelarts/requests/batch-update-nodes';
import { PoolResourceChange } from '#lib/modelarts/requests/patch-node-pool';
import type { Action } from './action.ts';

const { rollingConfig } = BatchResetNodesParameters.shape;

/**
 * What each action takes: the vendor's request body, less the node names. Where it is more lenient than the API, the
 * call fills in the rest: the clusters of a migration, and what a change of a node pool leaves as it is.
 */
export const parameters = {
  'reset-nodes': BatchResetNodesParameters.extend({
    rollingConfig: rollingConfig
      .prefault({ strategy: 'RollingByNumber', maxUnavailable: 1 })
      .describe('How many of the nodes of one call are reset at the same time.'),
  }),
  'update-nodes': BatchUpdateNodesParameters,
  'migrate-nodes': BatchMigrateNodesParameters,
  'update-node-pool': z.strictObject({ spec: z.strictObject({ resources: PoolResourceChange }) }),
  'delete-node-pool': z.strictObject({}),
} satisfies Record<Action, z.ZodType>;
