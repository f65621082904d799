import * as z from 'zod';
import { Text } from './text.ts';

/** Tables MigrateResourceSpec and PoolResource, field `labels`: "Kubernetes label, in the format of a key-value pair". */
export const Labels = z.record(Text, z.string());

/** Tables Taints and Taint. The pages give no range for any of the three. */
export const Taint = z.strictObject({ key: Text, value: z.string().optional(), effect: Text });
