import * as z from 'zod';
import { OrganizationTagPolicy, TagPolicyMessage } from './tag-policy.ts';

/**
 * The JSON Schema of a tag policy message as it is sent, draft 2020-12. It cannot express rules across fields, such as a
 * `tag_key` that spells another key: the function checks more.
 */
export function tagPolicyJsonSchema(): z.core.JSONSchema.BaseSchema {
  const policy = z
    .union([OrganizationTagPolicy, z.string()])
    .meta({ description: 'An Organizations tag policy, also as JSON text' });
  const sent = TagPolicyMessage.extend({ policy }).meta({
    title: 'Tag policy message',
    description: 'A message on the queue of enforce-tag-policy',
  });
  return z.toJSONSchema(sent, { io: 'input' });
}
