import { alertFiring, evidenceAge } from '#lib/guards/evidence';
import { oneAtATime } from '#lib/guards/history';
import { noWorkload } from '#lib/guards/node';
import { nodePoolPresent, notTheLastNodePool, notYearlyMonthly } from '#lib/guards/node-pool';
import { onQueue } from '#lib/handler/on-queue';
import { deleteNodePool as deleteNodePoolEndpoint } from '#lib/modelarts/endpoints/delete-node-pool';
import { act } from '#lib/remediation/act';
import type { ActionDefinition } from '#lib/remediation/action';
import { actionServices } from '#lib/services';

/** Deletes a node pool with all of its nodes, once a person has approved exactly the recorded plan; followed until it is gone. */
export const deleteNodePool: ActionDefinition<Record<string, never>> = {
  action: 'delete-node-pool',
  needsApproval: true,
  resendable: false,
  reads: ['pool', 'node-pools', 'workloads'],
  alreadyDone: ({ target, nodePool }) => (nodePool ? undefined : `node pool ${target} is gone already`),
  guards: [
    evidenceAge,
    alertFiring,
    nodePoolPresent,
    notTheLastNodePool,
    notYearlyMonthly,
    noWorkload,
    oneAtATime,
  ],
  terms: () => ({}),
  request: () => ({}),
  send: async (client, { pool, target }, _body, options) => {
    await client.send(deleteNodePoolEndpoint, { path: { pool_name: pool, nodepool_name: target } }, options);
    return { kind: 'watched' };
  },
};

export const handler = onQueue({
  name: 'delete-node-pool',
  services: actionServices('delete-node-pool'),
  handle: act(deleteNodePool),
});
