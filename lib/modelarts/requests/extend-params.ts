import * as z from 'zod';
import { Text } from './text.ts';

/** "If the value is empty, the existing nodes are updated by default". */
const PolicyOnExistingNodes = z.enum(['refresh', 'ignore', '']);

const fields = {
  dockerBaseSize: z
    .string()
    .regex(
      /^(0|[5-9]\d|[1-4]\d\d|500)$/,
      'must be "0" (unlimited) or a whole number from "50" to "500" (GiB), as a string',
    ),
  postInstall: z.base64('must be a script encoded as Base64'),
  runtime: z.enum(['docker', 'containerd']),
  labelPolicyOnExistingNodes: PolicyOnExistingNodes,
  taintPolicyOnExistingNodes: PolicyOnExistingNodes,
  tagPolicyOnExistingNodes: PolicyOnExistingNodes,
  XParameterPlaneSubnet: Text,
  nodePoolName: z
    .string()
    .regex(
      /^[a-z](?!.*-default$)[a-z0-9-]{0,48}[a-z0-9]$/,
      'must be 2 to 50 lower-case letters, digits and hyphens, the first a letter, not ending with "-" or "-default"',
    ),
};

/** Page batch-migrate, table ResourceExtendParams. */
export const ResourceExtendParams = z.strictObject(fields).partial();

/**
 * Page update-node-pool, table PoolResource, field `extendParams`: there a map of strings, with no range for any of them
 * (docs/modelarts-api.md 10, row 20).
 */
export const ExtendParamsMap = z.record(z.string(), z.string());
