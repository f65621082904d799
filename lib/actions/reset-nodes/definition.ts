import type { ActionDefinition } from '#lib/actions/action';
import { resetNodesTraits } from '#lib/actions/reset-nodes/traits';
import { poolGuards } from '#lib/capacity/pool-guards';
import { oneBearer } from '#lib/guards/address';
import { alertFiring, evidenceAge } from '#lib/guards/evidence';
import { nodePhase, nodePresent, noWorkload } from '#lib/guards/node';
import { nodeHistoryGuards } from '#lib/guards/node-history';
import { nodeNotReplaced } from '#lib/guards/replacement';
import { windowOpen } from '#lib/guards/window';
import { BatchResetNodesRequest } from '#lib/modelarts/requests/batch-reset-nodes';

/** Resets the nodes of commands. A reset wipes the node. `poll-jobs` follows its job. */
export const resetNodes: ActionDefinition<BatchResetNodesRequest> = {
  action: 'reset-nodes',
  reads: ['workloads'],
  guards: [
    windowOpen,
    evidenceAge,
    alertFiring,
    oneBearer,
    nodePresent,
    nodeNotReplaced,
    nodePhase,
    noWorkload,
    ...nodeHistoryGuards,
    ...poolGuards,
  ],
  terms: ({ remediation }) => remediation.parameters,
  request: (nodeNames, terms) => BatchResetNodesRequest.parse({ nodeNames, ...terms }),
  send: async (client, { pool }, body, options) => ({
    kind: 'job',
    ...(await client.send(resetNodesTraits.endpoint, { path: { pool_name: pool }, body }, options)),
  }),
};
