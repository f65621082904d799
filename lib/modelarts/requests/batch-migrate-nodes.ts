import * as z from 'zod';
import { MigrateResourceSpec } from './migrate-resource-spec.ts';
import { NodeNames } from './node-names.ts';
import { Text } from './text.ts';

const target = { toPoolName: Text.optional(), resourceSpec: MigrateResourceSpec.optional() };

const specMissing = {
  path: ['resourceSpec'],
  error: 'is mandatory where nodes go to another pool (toPoolName, or another cluster)',
};

/** Page batch-migrate, table 2. Node names are optional there, and never here (facts.md 10, row 21). */
export const BatchMigrateNodesRequest = z
  .strictObject({ migrateNodeNames: NodeNames, fromClusterName: Text, toClusterName: Text, ...target })
  .refine(
    ({ fromClusterName, toClusterName, toPoolName, resourceSpec }) =>
      resourceSpec !== undefined || (toPoolName === undefined && fromClusterName === toClusterName),
    specMissing,
  );
export type BatchMigrateNodesRequest = z.output<typeof BatchMigrateNodesRequest>;

/** The request less the nodes. Cluster names may be left out: the nodes' own labels tell them (facts.md 10, row 22). */
export const BatchMigrateNodesParameters = z
  .strictObject({ fromClusterName: Text.optional(), toClusterName: Text.optional(), ...target })
  .refine(
    ({ toPoolName, resourceSpec }) => resourceSpec !== undefined || toPoolName === undefined,
    specMissing,
  );
export type BatchMigrateNodesParameters = z.output<typeof BatchMigrateNodesParameters>;
