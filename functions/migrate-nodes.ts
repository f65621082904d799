import { oneBearer } from '#lib/guards/address';
import { alertFiring, evidenceAge } from '#lib/guards/evidence';
import { supernodeOf } from '#lib/guards/migration';
import { migrationGuards } from '#lib/guards/migration-guards';
import { nodePhase, nodePresent, noWorkload } from '#lib/guards/node';
import { nodeHistoryGuards } from '#lib/guards/node-history';
import { poolGuards } from '#lib/guards/pool-guards';
import { nodeNotReplaced } from '#lib/guards/replacement';
import { withoutEffect } from '#lib/guards/resource-spec';
import { windowOpen } from '#lib/guards/window';
import { onQueue } from '#lib/handler/on-queue';
import { BatchMigrateNodesRequest } from '#lib/modelarts/requests/batch-migrate-nodes';
import { act } from '#lib/remediation/act';
import type { ActionDefinition } from '#lib/remediation/action';
import { migrationTerms, nodesAround } from '#lib/remediation/clusters';
import { endpointOf } from '#lib/remediation/endpoints';
import { actionServices } from '#lib/services';

/** Moves nodes to another pool. The job that it starts is followed until the other pool has them. */
export const migrateNodes: ActionDefinition<BatchMigrateNodesRequest> = {
  action: 'migrate-nodes',
  disruptive: () => true,
  takesNodesAway: true,
  reads: ['workloads', 'destination'],
  guards: [
    windowOpen,
    evidenceAge,
    alertFiring,
    oneBearer,
    nodePresent,
    nodeNotReplaced,
    nodePhase,
    noWorkload,
    ...migrationGuards,
    ...nodeHistoryGuards,
    ...poolGuards,
  ],
  wholeOf: supernodeOf,
  lookalikes: nodesAround,
  remarks: withoutEffect,
  terms: migrationTerms,
  request: (migrateNodeNames, terms) => BatchMigrateNodesRequest.parse({ migrateNodeNames, ...terms }),
  send: async (client, { pool }, body, options) => ({
    kind: 'job',
    ...(await client.send(endpointOf['migrate-nodes'], { path: { pool_name: pool }, body }, options)),
  }),
};

export const handler = onQueue({
  name: 'migrate-nodes',
  services: actionServices('migrate-nodes'),
  handle: act(migrateNodes),
});
