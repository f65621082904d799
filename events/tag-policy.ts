import * as z from 'zod';
import { SaneTime } from '#lib/bounds';
import { NodeTag } from '#lib/modelarts/requests/tags';
import { Name } from '#lib/rules/file/name';
import { NodeSelector } from '#lib/rules/file/tag-policy';
import { modes } from '#lib/rules/mode';

const { key: TagKey, value: TagValue } = NodeTag.shape;

/** An allowed value. `*` in it stands for any characters, since no value can hold one. */
const AllowedValue = z.string().refine((value) => TagValue.safeParse(value.replaceAll('*', '')).success, {
  error:
    'must consist of letters, digits, spaces and _.:=+-@, at most 255, with no space at an end; * is a wildcard',
});

/** A list under the operators of inheritance. Other parts of a document are ignored. */
const listOf = (item: z.ZodType<string>) =>
  z.looseObject({
    '@@assign': z.array(item).optional(),
    '@@append': z.array(item).optional(),
    '@@remove': z.array(item).optional(),
  });

const TagRule = z.looseObject({
  tag_key: z
    .looseObject({ '@@assign': TagKey.optional() })
    .optional()
    .meta({ description: 'The spelling of the key; absent: that of the policy key, in lower case' }),
  tag_value: listOf(AllowedValue).optional().meta({
    description: 'The allowed values. The first one without * is the default; absent: any value',
  }),
  enforced_for: listOf(z.string())
    .optional()
    .meta({ description: 'Resource types; not evaluated, `mode` says whether to act' }),
});

/**
 * A tag policy as Huawei Cloud Organizations writes it, and AWS Organizations too (docs/design/modelarts-api.md, section 8). Keys
 * are the same without regard to case: each is there once, and `tag_key` may only change its letters' case.
 */
export const OrganizationTagPolicy = z
  .looseObject({
    tags: z
      .record(TagKey, TagRule)
      .meta({ description: 'The demand on each tag key; {} takes the policy back' }),
  })
  .superRefine(({ tags }, context) => {
    const seen = new Map<string, string>();
    for (const [policyKey, { tag_key: spelling }] of Object.entries(tags)) {
      const other = seen.get(policyKey.toLowerCase());
      const path = ['tags', policyKey];
      if (other !== undefined)
        context.addIssue({ code: 'custom', path, message: `is ${other} in other letters` });
      seen.set(policyKey.toLowerCase(), policyKey);
      const key = spelling?.['@@assign'] ?? policyKey;
      if (key.toLowerCase() !== policyKey.toLowerCase()) {
        const message = `must be ${policyKey} in any upper and lower case, not ${key}`;
        context.addIssue({ code: 'custom', path: [...path, 'tag_key', '@@assign'], message });
      }
    }
  });
export type OrganizationTagPolicy = z.output<typeof OrganizationTagPolicy>;

/** Reads a policy in JSON text, the form of `policy_content` in the Organizations API. */
function fromText(policy: unknown, context: z.RefinementCtx): unknown {
  if (typeof policy !== 'string') return policy;
  try {
    return JSON.parse(policy);
  } catch {
    context.addIssue('is text, and not JSON');
    return z.NEVER;
  }
}

/** A message to `enforce-tag-policy`: a tag policy, and its nodes. It is in force until the next one of its name. */
export const TagPolicyMessage = z.strictObject({
  name: Name.default('organization').meta({
    description: 'A later message of the same name and pool replaces this one',
  }),
  scope: z.strictObject({
    pool: z
      .string()
      .min(1)
      .meta({ description: "A pool of the rules file: its name there, or the pool's id" }),
    nodes: NodeSelector.prefault({}).meta({ description: 'Which nodes of the pool; absent: all' }),
  }),
  policy: z.preprocess(fromText, OrganizationTagPolicy),
  mode: z.enum(modes).default('observe').meta({ description: 'act, or only record what would be done' }),
  updatedAt: SaneTime.optional().meta({
    description: 'When the policy was made so (last_updated_at); a message with an older one is passed over',
  }),
});
export type TagPolicyMessage = z.output<typeof TagPolicyMessage>;
