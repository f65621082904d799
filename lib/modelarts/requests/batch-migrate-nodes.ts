import * as z from 'zod';
import { MigrateResourceSpec } from './migrate-resource-spec.ts';
import { NodeNames } from './node-names.ts';
import { Text } from './text.ts';

const target = { toPoolName: Text.optional(), resourceSpec: MigrateResourceSpec.optional() };

const specMissing = {
  path: ['resourceSpec'],
  error: 'is mandatory if nodes go to another pool (toPoolName, or another cluster)',
};

interface Ends {
  readonly fromClusterName?: string | undefined;
  readonly toClusterName?: string | undefined;
  readonly toPoolName?: string | undefined;
}

/** Whether the request, as far as it shows, keeps the nodes in their pool. */
const staysInPool = ({ fromClusterName: from, toClusterName: to, toPoolName }: Ends): boolean =>
  toPoolName === undefined && (from === undefined || to === undefined || from === to);

/**
 * Page batch-migrate, table 2. The page makes node names optional; here they are required (docs/design/modelarts-api.md 10, row 21).
 */
export const BatchMigrateNodesRequest = z
  .strictObject({ migrateNodeNames: NodeNames, fromClusterName: Text, toClusterName: Text, ...target })
  .refine((request) => request.resourceSpec !== undefined || staysInPool(request), specMissing);
export type BatchMigrateNodesRequest = z.output<typeof BatchMigrateNodesRequest>;

/**
 * The request without the nodes. Cluster names are optional: the nodes' own labels give them (docs/design/modelarts-api.md 10,
 * row 22).
 */
export const BatchMigrateNodesParameters = z
  .strictObject({ fromClusterName: Text.optional(), toClusterName: Text.optional(), ...target })
  .refine((request) => request.resourceSpec !== undefined || staysInPool(request), specMissing);
export type BatchMigrateNodesParameters = z.output<typeof BatchMigrateNodesParameters>;
