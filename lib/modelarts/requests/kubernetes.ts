import * as z from 'zod';

const name = '[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?';
const domain = '(?=.{1,253}/)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*/';

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const Key = z
  .string()
  .regex(
    new RegExp(`^(?:${domain})?${name}$`),
    'must be a Kubernetes key: up to 63 letters, digits, ".", "-", "_", the first and last a letter or digit; before it a DNS name and "/" if need be',
  );
const Value = z
  .string()
  .regex(
    new RegExp(`^(?:${name})?$`),
    'must be a Kubernetes value: empty, or up to 63 letters, digits, ".", "-", "_", the first and last a letter or digit',
  );

/** Tables MigrateResourceSpec and PoolResource, field `labels`: "Kubernetes label, in the format of a key-value pair". */
export const Labels = z.record(Key, Value);

/** Tables Taints and Taint. The pages leave `effect` open; these three are all that Kubernetes has. */
export const Taint = z.strictObject({
  key: Key,
  value: Value.optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
});
