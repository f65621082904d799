import * as z from 'zod';

const VolumeType = z.enum(['SSD', 'GPSSD', 'SAS']);

/** "Disk size, in GiB", a string on the page. */
const SizeGib = z
  .string()
  .regex(/^[1-9]\d{0,9}$/, 'must be a whole number of GiB, as a string such as "100"');

const VolumeGroup = z
  .string()
  .regex(
    /^(vgpaas|default|vguser\d*|vg-everest-localvolume-(persistent|ephemeral))$/,
    'must be vgpaas, default, vguser and a number, vg-everest-localvolume-persistent or vg-everest-localvolume-ephemeral',
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
    .regex(/^(\/[A-Za-z0-9._-]+)+\/?$/, 'must be an absolute path of letters, digits, ".", "-" and "_"')
    .optional(),
});

const percentage = 'must be a percentage from 1 to 100';

/** Page batch-migrate, table VolumeGroupConfig. */
export const VolumeGroupConfig = z
  .strictObject({
    volumeGroup: VolumeGroup,
    dockerThinPool: z.int().min(1, percentage).max(100, percentage).optional(),
    lvmConfig: LvmConfig.optional(),
    types: z
      .array(z.enum(['volume', 'local']))
      .min(1, 'must hold volume or local')
      .optional(),
  })
  .refine(({ volumeGroup, dockerThinPool }) => dockerThinPool === undefined || volumeGroup === 'vgpaas', {
    path: ['dockerThinPool'],
    error: 'is allowed only where volumeGroup is vgpaas',
  });
