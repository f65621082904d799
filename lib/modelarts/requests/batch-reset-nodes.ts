import * as z from 'zod';
import { NodeNames } from './node-names.ts';
import { Text } from './text.ts';

/** Page batch-reset, table rollingConfig. */
const RollingConfig = z
  .strictObject({
    strategy: z.enum(['RollingByNumber', 'RollingByPercent']),
    maxUnavailable: z.int().min(1, 'must be at least 1'),
  })
  .refine(({ strategy, maxUnavailable }) => strategy !== 'RollingByPercent' || maxUnavailable <= 100, {
    path: ['maxUnavailable'],
    error: 'must be a percentage from 1 to 100 if strategy is RollingByPercent',
  });

/**
 * The page demands the object but has no table for it. These are its fields in Huawei's SDK (docs/design/modelarts-api.md 10, row 1).
 */
const NodeConfig = z.strictObject({
  os: Text.optional(),
  name: Text.optional(),
  imageId: Text.optional(),
  imageType: Text.optional(),
  runtime: z.enum(['docker', 'containerd']).optional(),
});

/** Page batch-reset, table 2. */
export const BatchResetNodesRequest = z.strictObject({
  nodeNames: NodeNames,
  rollingConfig: RollingConfig,
  nodeConfig: NodeConfig,
});
export type BatchResetNodesRequest = z.output<typeof BatchResetNodesRequest>;

/** The request without the nodes. `nodeConfig` is optional; the API then gets `{}`. */
export const BatchResetNodesParameters = z.strictObject({
  rollingConfig: RollingConfig,
  nodeConfig: NodeConfig.prefault({}),
});
export type BatchResetNodesParameters = z.output<typeof BatchResetNodesParameters>;
