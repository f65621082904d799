import type { ActionDefinition } from '#lib/actions/action';
import { nodePoolPresent, poolNotFrozen } from '#lib/actions/node-pools/node-pool';
import { shrinkSparesWorkloads, shrinksByRule } from '#lib/actions/node-pools/node-pool-in-use';
import {
  changesNothing,
  nodePoolChanges,
  nodePoolTerms,
  sendNodePoolPatch,
} from '#lib/actions/update-node-pool/merge-node-pool';
import {
  countsFitPool,
  flavorMayChange,
  ownNodePool,
  privilegedPool,
  requestAllowed,
} from '#lib/actions/update-node-pool/node-pool-change';
import { whichNodePool } from '#lib/guards/about-node';
import { alertFiring, evidenceAge } from '#lib/guards/evidence';
import { oneAtATime } from '#lib/guards/history';
import { windowOpen } from '#lib/guards/window';
import { PatchNodePoolRequest } from '#lib/modelarts/requests/patch-node-pool';

/** Changes a node pool: read, merge, write. Poolkeeper reads the node pool until it has the desired state. */
export const updateNodePool: ActionDefinition<PatchNodePoolRequest> = {
  action: 'update-node-pool',
  waitsForOthers: true,
  needsApproval: shrinksByRule,
  reads: ['pool', 'node-pools', 'workloads'],
  guards: [
    windowOpen,
    evidenceAge,
    alertFiring,
    ...whichNodePool,
    nodePoolPresent,
    poolNotFrozen,
    requestAllowed,
    ownNodePool,
    countsFitPool,
    flavorMayChange,
    privilegedPool,
    shrinkSparesWorkloads,
    oneAtATime,
  ],
  alreadyDone: changesNothing,
  terms: nodePoolTerms,
  changes: nodePoolChanges,
  request: (_target, terms) => PatchNodePoolRequest.parse(terms),
  send: sendNodePoolPatch,
};
