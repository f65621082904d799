import * as z from 'zod';
import { CreatingStep, NodeNetwork, Taint, UserTag } from '../world/node-pool.ts';
import { NodeNames } from './named-nodes.ts';

const volumeType = z.enum(['SSD', 'GPSSD', 'SAS']);
/** "Disk size, in GiB", as a String (batch-migrate-nodes, Tables 5 and 6). */
const size = z.string().regex(/^\d+$/, { error: 'must be a whole number, as a string' });
/** Empty means refresh (batch-migrate-nodes, Table 13). */
const existingNodesPolicy = z.enum(['refresh', 'ignore', '']).optional();

const DataVolumeItem = z.strictObject({
  volumeType,
  size,
  count: z.int().positive().optional(),
  extendParams: z.strictObject({ volumeGroup: z.string().min(1) }),
});

const VolumeGroupConfig = z.strictObject({
  volumeGroup: z.string().min(1),
  dockerThinPool: z.int().min(0).max(100).optional(),
  lvmConfig: z
    .strictObject({
      lvType: z.enum(['linear', 'striped']),
      path: z
        .string()
        .regex(/^\/[\w.\-/]*$/)
        .optional(),
    })
    .optional(),
  types: z.array(z.enum(['volume', 'local'])).optional(),
});

const ResourceExtendParams = z.strictObject({
  dockerBaseSize: z.string().optional(),
  postInstall: z.base64().optional(),
  runtime: z.enum(['docker', 'containerd']).optional(),
  labelPolicyOnExistingNodes: existingNodesPolicy,
  taintPolicyOnExistingNodes: existingNodesPolicy,
  tagPolicyOnExistingNodes: existingNodesPolicy,
  XParameterPlaneSubnet: z.string().optional(),
  nodePoolName: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,49}$/, { error: 'must be 2 to 50 lower-case letters, digits and hyphens' })
    .regex(/(?<!-|-default)$/, { error: 'cannot end with a hyphen or -default' })
    .optional(),
});

const MigrateResourceSpec = z.strictObject({
  flavor: z.string().min(1),
  creatingStep: CreatingStep.optional(),
  nodePool: z.string().min(1).optional(),
  rootVolume: z.strictObject({ volumeType, size }).optional(),
  dataVolumes: z.array(DataVolumeItem).optional(),
  volumeGroupConfigs: z.array(VolumeGroupConfig).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  taints: z.array(Taint).optional(),
  tags: z.array(UserTag).optional(),
  network: NodeNetwork.optional(),
  extendParams: ResourceExtendParams.optional(),
});
export type MigrateResourceSpec = z.output<typeof MigrateResourceSpec>;

/**
 * batch-migrate-nodes, Tables 2 to 13. `migrateNodeNames` is not mandatory on the page; a migration of nothing is refused
 * here.
 */
export const BatchMigrate = z.strictObject({
  migrateNodeNames: NodeNames,
  fromClusterName: z.string().min(1),
  toClusterName: z.string().min(1),
  toPoolName: z.string().min(1).optional(),
  resourceSpec: MigrateResourceSpec.optional(),
});
export type BatchMigrate = z.output<typeof BatchMigrate>;
