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

/** "The value 0 indicates that the size is not limited"; the range of batch-migrate is not on this page. */
const DockerBaseSize = z
  .string()
  .regex(/^(0|[1-9]\d*)$/, 'must be "0" (unlimited) or a whole number of GiB, as a string such as "50"');

const { dockerBaseSize: _, ...alike } = fields;

/** The known keys of the map, each with its values. */
const known: Readonly<Record<string, z.ZodType>> = { ...alike, dockerBaseSize: DockerBaseSize };

/**
 * Page update-node-pool, table PoolResource, field `extendParams`: there a map of strings with one documented key
 * (docs/design/modelarts-api.md 10, row 20). Keys that batch-migrate documents must follow its rules; others pass. In a merge
 * patch, `null` removes a key.
 */
export const ExtendParamsChange = z.record(z.string(), z.string().nullable()).check(({ value, issues }) => {
  for (const [key, setting] of Object.entries(value)) {
    if (setting === null || !Object.hasOwn(known, key)) continue;
    for (const { message } of known[key]?.safeParse(setting).error?.issues ?? []) {
      issues.push({ code: 'custom', path: [key], message, input: setting });
    }
  }
});
