import * as z from 'zod';
import { Text } from './text.ts';

const VolumeType = z.enum(['SSD', 'GPSSD', 'SAS']);

/** "Disk size, in GiB", a string on the page, without a range. */
const SizeGib = z
  .string()
  .regex(/^0*[1-9]\d*$/, 'must be a number of GiB, at least 1, as a string such as "100"');

/** Table VolumeExtendParams. The text after `vguser` depends on the mount path; the page's numbers are an example. */
const VolumeGroup = z
  .string()
  .regex(
    /^(vgpaas|default|vguser.*|vg-everest-localvolume-(persistent|ephemeral))$/,
    'must be vgpaas, default, vguser with or without an ending such as vguser1, vg-everest-localvolume-persistent or vg-everest-localvolume-ephemeral',
  );

/** Page batch-migrate, table RootVolume. */
export const RootVolume = z.strictObject({ volumeType: VolumeType, size: SizeGib });

/** Page batch-migrate, tables DataVolumeItem and VolumeExtendParams. */
export const DataVolume = z.strictObject({
  volumeType: VolumeType,
  size: SizeGib,
  count: z.int().min(1, 'must be at least 1').optional(),
  extendParams: z.strictObject({ volumeGroup: VolumeGroup }),
});

/** Page batch-migrate, table LvmConfig. */
const LvmConfig = z.strictObject({
  lvType: z.enum(['linear', 'striped']),
  path: z
    .string()
    .regex(/^\/[A-Za-z0-9._/-]*$/, 'must be an absolute path of letters, digits, ".", "-" and "_"')
    .optional(),
});

const percentage = 'must be a percentage, 0 to 100';

/** Page batch-migrate, table VolumeGroupConfig. The schema of `dataVolumes` checks that its group is one of them. */
export const VolumeGroupConfig = z
  .strictObject({
    volumeGroup: Text,
    dockerThinPool: z.int().min(0, percentage).max(100, percentage).optional(),
    lvmConfig: LvmConfig.optional(),
    types: z.array(z.enum(['volume', 'local'])).optional(),
  })
  .refine(({ volumeGroup, dockerThinPool }) => dockerThinPool === undefined || volumeGroup === 'vgpaas', {
    path: ['dockerThinPool'],
    error: 'is allowed only if volumeGroup is vgpaas',
  })
  .refine(({ volumeGroup, lvmConfig }) => lvmConfig?.path === undefined || volumeGroup.startsWith('vguser'), {
    path: ['lvmConfig', 'path'],
    error:
      'takes effect only for a disk that is mounted to a path: volumeGroup must be vguser, such as vguser1',
  });
