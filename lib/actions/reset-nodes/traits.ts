import type { NodeActionTraits } from '#lib/actions/declaration';
import { batchResetNodes } from '#lib/modelarts/endpoints/batch-reset-nodes';
import { BatchResetNodesParameters } from '#lib/modelarts/requests/batch-reset-nodes';

const { rollingConfig } = BatchResetNodesParameters.shape;

/** Sets nodes back to their initial state; their data is lost. */
export const resetNodesTraits = {
  name: 'reset-nodes',
  target: 'nodes',
  endpoint: batchResetNodes,
  vendorName: 'batch-reset',
  parameters: BatchResetNodesParameters.extend({
    rollingConfig: rollingConfig
      .prefault({ strategy: 'RollingByNumber', maxUnavailable: 1 })
      .describe('How many of the nodes of one call are reset at the same time.'),
  }),
  participle: 'reset',
  disruptive: () => true,
  // docs/design/modelarts-api.md 1.2: Huawei's own tools wait as long.
  deadline: { default: '45m', describe: 'For batch-reset.' },
  until: 'job',
  jobType: 'reset-nodes',
  needs: 'nodes',
  verified: 'node healthy',
  describe: {
    rung: 'Reset the node to its initial state; its data is lost. Parameters: the request body of batch-reset.',
    schedule: 'Reset nodes to their initial state, such as with another image; their data is lost.',
    function: 'Resets nodes, once, and hands the job to poll-jobs',
  },
} as const satisfies NodeActionTraits;
