import type { ActionDefinition } from '#lib/actions/action';
import { updateBisecting } from '#lib/actions/update-nodes/bisect-update';
import { policiesInForceCheck } from '#lib/actions/update-nodes/policies-in-force';
import {
  fewIsolated,
  moreThanOneNode,
  noWorkloadForRedundancy,
  operationalForRedundancy,
  windowForRedundancy,
} from '#lib/actions/update-nodes/redundancy';
import { changesRedundancy } from '#lib/actions/update-nodes/traits';
import { poolGuards } from '#lib/capacity/pool-guards';
import { oneBearer } from '#lib/guards/address';
import { alertFiring, evidenceAge } from '#lib/guards/evidence';
import { cooldown, newerThanLastRemediation, oneAtATime } from '#lib/guards/history';
import { nodePhase, nodePresent } from '#lib/guards/node';
import { nodeLadder } from '#lib/guards/node-ladder';
import { nodeNotReplaced } from '#lib/guards/replacement';
import { boundedRounds } from '#lib/guards/rounds';
import { BatchUpdateNodesRequest } from '#lib/modelarts/requests/batch-update-nodes';

/** Sets HA redundancy or tags of nodes. The API answers at once, for each node by itself. */
export const updateNodes: ActionDefinition<BatchUpdateNodesRequest> = {
  action: 'update-nodes',
  // The size of a page of the node list: the vendor states no limit, and nodes that an answer omits are sent again.
  maxNodesPerCall: 500,
  reads: ['workloads'],
  disturbs: ({ parameters }) => changesRedundancy(parameters),
  guards: [
    windowForRedundancy,
    evidenceAge,
    alertFiring,
    oneBearer,
    nodePresent,
    nodeNotReplaced,
    nodePhase,
    noWorkloadForRedundancy,
    oneAtATime,
    nodeLadder,
    boundedRounds,
    operationalForRedundancy,
  ],
  disruptiveGuards: [cooldown, newerThanLastRemediation, moreThanOneNode, fewIsolated, ...poolGuards],
  lastCheck: policiesInForceCheck,
  terms: ({ remediation }) => remediation.parameters,
  request: (nodeNames, terms) => BatchUpdateNodesRequest.parse({ nodeNames, ...terms }),
  send: async (client, { pool }, body, options) => ({
    kind: 'answered',
    ...(await updateBisecting(client, pool, body, options)),
  }),
};
