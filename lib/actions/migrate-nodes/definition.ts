import type { ActionDefinition } from '#lib/actions/action';
import { supernodeOf } from '#lib/actions/migrate-nodes/migration';
import { migrationGuards } from '#lib/actions/migrate-nodes/migration-guards';
import { withoutEffect } from '#lib/actions/migrate-nodes/resource-spec';
import { migrationTerms, nodesOfBothPools } from '#lib/actions/migrate-nodes/terms';
import { migrateNodesTraits } from '#lib/actions/migrate-nodes/traits';
import { poolGuards } from '#lib/capacity/pool-guards';
import { oneBearer } from '#lib/guards/address';
import { alertFiring, evidenceAge } from '#lib/guards/evidence';
import { nodePhase, nodePresent, noWorkload } from '#lib/guards/node';
import { nodeHistoryGuards } from '#lib/guards/node-history';
import { nodeNotReplaced } from '#lib/guards/replacement';
import { windowOpen } from '#lib/guards/window';
import { BatchMigrateNodesRequest } from '#lib/modelarts/requests/batch-migrate-nodes';

/** Moves nodes to another pool. `poll-jobs` follows the job until the other pool has them. */
export const migrateNodes: ActionDefinition<BatchMigrateNodesRequest> = {
  action: 'migrate-nodes',
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
  lookalikes: nodesOfBothPools,
  remarks: withoutEffect,
  terms: migrationTerms,
  request: (migrateNodeNames, terms) => BatchMigrateNodesRequest.parse({ migrateNodeNames, ...terms }),
  send: async (client, { pool }, body, options) => ({
    kind: 'job',
    ...(await client.send(migrateNodesTraits.endpoint, { path: { pool_name: pool }, body }, options)),
  }),
};
