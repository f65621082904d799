import type { ActionDefinition } from '#lib/actions/action';
import { supernodeOf } from '#lib/actions/migrate-nodes/migration';
import { migrationGuards } from '#lib/actions/migrate-nodes/migration-guards';
import { withoutEffect } from '#lib/actions/migrate-nodes/resource-spec';
import { migrationTerms, nodesOfBothPools } from '#lib/actions/migrate-nodes/terms';
import { migrateNodesTraits } from '#lib/actions/migrate-nodes/traits';
import { poolGuards } from '#lib/capacity/pool-guards';
import { nodeHistoryGuards } from '#lib/guards/node-history';
import { outOfServiceGuards } from '#lib/guards/out-of-service';
import { BatchMigrateNodesRequest } from '#lib/modelarts/requests/batch-migrate-nodes';

/** Moves nodes to another pool. `poll-jobs` follows the job until the other pool has them. */
export const migrateNodes: ActionDefinition<BatchMigrateNodesRequest> = {
  action: 'migrate-nodes',
  takesNodesAway: true,
  reads: ['workloads', 'destination'],
  guards: [...outOfServiceGuards, ...migrationGuards, ...nodeHistoryGuards, ...poolGuards],
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
