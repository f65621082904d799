import * as z from 'zod';
import { CreatingStepChange } from './creating-step.ts';
import { ExtendParamsChange } from './extend-params.ts';
import { LabelKey, LabelValue, Taints } from './kubernetes.ts';
import { NodeNetworkChange } from './network.ts';
import { UserTags } from './tags.ts';
import { Text } from './text.ts';

const Count = z.int().min(0, 'must be at least 0');

/** Page update-node-pool, table PoolNodeAz. */
const PoolNodeAz = z.strictObject({ az: Text, count: Count });

/** Page update-node-pool, table Os. */
const Os = z.strictObject({
  name: Text.optional(),
  imageId: Text.optional(),
  imageType: z.enum(['private']).optional(),
});

/**
 * The request is a merge patch: `null` removes a field, or one key of a map (RFC 7396). Flavor, count and maxCount are
 * mandatory, and the node pool's name is fixed, so `null` cannot remove these.
 */
const fields = z.strictObject({
  nodePool: Text.optional(),
  flavor: Text,
  count: Count,
  maxCount: Count,
  azs: z.array(PoolNodeAz).nullable().optional(),
  taints: Taints.nullable().optional(),
  labels: z.record(LabelKey, LabelValue.nullable()).nullable().optional(),
  tags: UserTags.nullable().optional(),
  network: NodeNetworkChange.nullable().optional(),
  extendParams: ExtendParamsChange.nullable().optional(),
  creatingStep: CreatingStepChange.nullable().optional(),
  os: Os.nullable().optional(),
});

const maxBelowCount = { path: ['maxCount'], error: 'must be at least count (the same, for a physical pool)' };

/** Page update-node-pool, table PoolResource: flavor, count and maxCount always go together (docs/design/modelarts-api.md 10, row 16). */
export const PoolResource = fields.refine(({ count, maxCount }) => maxCount >= count, maxBelowCount);
export type PoolResource = z.output<typeof PoolResource>;

/** A part of it, for a merge into the node pool's present state. */
export const PoolResourceChange = fields
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'must change something')
  .refine(
    ({ count, maxCount }) => count === undefined || maxCount === undefined || maxCount >= count,
    maxBelowCount,
  );
export type PoolResourceChange = z.output<typeof PoolResourceChange>;

/** Page update-node-pool, tables 3 and 4. A merge patch: lists are replaced whole (docs/design/modelarts-api.md 10, row 17). */
export const PatchNodePoolRequest = z.strictObject({ spec: z.strictObject({ resources: PoolResource }) });
export type PatchNodePoolRequest = z.output<typeof PatchNodePoolRequest>;
