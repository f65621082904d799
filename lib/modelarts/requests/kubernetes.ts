import * as z from 'zod';

/** The value of a Kubernetes label: empty, or up to 63 characters of certain kinds. */
const VALUE = /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;

const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/** A DNS subdomain: the prefix of a key before the slash. */
const PREFIX = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

const characters =
  'at most 63 letters, digits, hyphens, underscores and periods, the first and the last a letter or digit';

/**
 * The key of a Kubernetes label: a name, with or without a prefix and a slash before it.
 *
 * Source: the pages say "Kubernetes label", and Kubernetes documents the syntax under "Labels and Selectors".
 */
export const LabelKey = z.string().refine(isLabelKey, {
  error: `must be the key of a Kubernetes label: ${characters}; before it a DNS name and a slash, if anything`,
});

export const LabelValue = z.string().regex(VALUE, {
  error: `must be the value of a Kubernetes label: empty, or ${characters}`,
});

/** Tables MigrateResourceSpec and PoolResource, field `labels`: "Kubernetes label, in the format of a key-value pair". */
export const Labels = z.record(LabelKey, LabelValue);

/** The effects that Kubernetes accepts. The pages give no range. */
const Effect = z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']);

/** Tables Taints and Taint: key and value have the form of a label's. */
const Taint = z.strictObject({ key: LabelKey, value: LabelValue.optional(), effect: Effect });

/** Kubernetes accepts one taint for each key and effect. */
export const Taints = z.array(Taint).check(({ value, issues }) => {
  const seen = new Set<string>();
  for (const [index, { key, effect }] of value.entries()) {
    const pair = `${effect} ${key}`;
    if (seen.has(pair)) {
      const message = `is given twice with the effect ${effect}: ${key}`;
      issues.push({ code: 'custom', path: [index, 'key'], message, input: key });
    }
    seen.add(pair);
  }
});

function isLabelKey(key: string): boolean {
  const slash = key.indexOf('/');
  return slash === -1 ? NAME.test(key) : PREFIX.test(key.slice(0, slash)) && NAME.test(key.slice(slash + 1));
}
