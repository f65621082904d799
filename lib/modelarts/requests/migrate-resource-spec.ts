import * as z from 'zod';
import { CreatingStep } from './creating-step.ts';
import { ResourceExtendParams } from './extend-params.ts';
import { Labels, Taints } from './kubernetes.ts';
import { NodeNetwork } from './network.ts';
import { UserTags } from './tags.ts';
import { Text } from './text.ts';
import { DataVolume, RootVolume, VolumeGroupConfig } from './volumes.ts';

const fields = z.strictObject({
  flavor: Text,
  creatingStep: CreatingStep.optional(),
  nodePool: Text.optional(),
  rootVolume: RootVolume.optional(),
  dataVolumes: z.array(DataVolume).optional(),
  volumeGroupConfigs: z.array(VolumeGroupConfig).optional(),
  labels: Labels.optional(),
  taints: Taints.optional(),
  tags: UserTags.optional(),
  network: NodeNetwork.optional(),
  extendParams: ResourceExtendParams.optional(),
});

/** Page batch-migrate, table MigrateResourceSpec, with the demands of the tables below it on several fields together. */
export const MigrateResourceSpec = fields.check(({ value, issues }) => {
  const { dataVolumes = [], volumeGroupConfigs = [], network, extendParams } = value;
  const refuse = (path: (string | number)[], message: string) =>
    issues.push({ code: 'custom', path, message, input: value });

  if (dataVolumes.length > 0 && volumeGroupConfigs.length === 0)
    refuse(['volumeGroupConfigs'], 'is mandatory with dataVolumes');
  const groups = new Set(dataVolumes.map(({ extendParams: { volumeGroup } }) => volumeGroup));
  for (const [index, { volumeGroup, types }] of volumeGroupConfigs.entries()) {
    if (groups.has(volumeGroup) || types?.includes('local')) continue;
    refuse(
      ['volumeGroupConfigs', index, 'volumeGroup'],
      groups.size > 0
        ? `must be one of dataVolumes: ${[...groups].join(', ')}`
        : 'must be one of dataVolumes, and there are none: give dataVolumes, or types: [local] for local disks',
    );
  }
  const planeSubnet = extendParams?.XParameterPlaneSubnet;
  if (planeSubnet !== undefined && planeSubnet === network?.subnet) {
    refuse(['extendParams', 'XParameterPlaneSubnet'], 'must not be the subnet of the nodes (network.subnet)');
  }
});
