import type { ActionDefinition } from '#lib/actions/action';
import {
  deletionChanges,
  isDeleted,
  sendDeletion,
  unnamedNodes,
} from '#lib/actions/delete-node-pool/deletion';
import {
  nodePoolPresent,
  notTheLastNodePool,
  notYearlyMonthly,
  poolNotFrozen,
} from '#lib/actions/node-pools/node-pool';
import { nodePoolNotInUse, nodesNotAtWork } from '#lib/actions/node-pools/node-pool-in-use';
import { whichNodePool } from '#lib/guards/about-node';
import { alertFiring, evidenceAge } from '#lib/guards/evidence';
import { oneAtATime } from '#lib/guards/history';
import { windowOpen } from '#lib/guards/window';

/**
 * Deletes a node pool with all of its nodes, once a person has approved exactly the recorded plan. Followed until it is gone.
 */
export const deleteNodePool: ActionDefinition<Record<string, never>> = {
  action: 'delete-node-pool',
  needsApproval: true,
  takesNodesAway: true,
  reads: ['pool', 'node-pools', 'workloads'],
  alreadyDone: isDeleted,
  guards: [
    windowOpen,
    evidenceAge,
    alertFiring,
    ...whichNodePool,
    nodePoolPresent,
    poolNotFrozen,
    notTheLastNodePool,
    notYearlyMonthly,
    nodePoolNotInUse,
    nodesNotAtWork,
    oneAtATime,
  ],
  terms: () => ({}),
  changes: deletionChanges,
  remarks: unnamedNodes,
  request: () => ({}),
  send: (client, where, _body, options) => sendDeletion(client, where, options),
};
