import type { ActionDefinition } from '#lib/actions/action';
import { resetNodesTraits } from '#lib/actions/reset-nodes/traits';
import { poolGuards } from '#lib/capacity/pool-guards';
import { nodeHistoryGuards } from '#lib/guards/node-history';
import { outOfServiceGuards } from '#lib/guards/out-of-service';
import { BatchResetNodesRequest } from '#lib/modelarts/requests/batch-reset-nodes';

/** Resets the nodes of commands. A reset wipes the node. `poll-jobs` follows its job. */
export const resetNodes: ActionDefinition<BatchResetNodesRequest> = {
  action: 'reset-nodes',
  reads: ['workloads'],
  guards: [...outOfServiceGuards, ...nodeHistoryGuards, ...poolGuards],
  terms: ({ remediation }) => remediation.parameters,
  request: (nodeNames, terms) => BatchResetNodesRequest.parse({ nodeNames, ...terms }),
  send: async (client, { pool }, body, options) => ({
    kind: 'job',
    ...(await client.send(resetNodesTraits.endpoint, { path: { pool_name: pool }, body }, options)),
  }),
};
