import * as z from 'zod';
import { remediationStates } from '../state.ts';
import { isNotSecretly } from '../wording.ts';

export const NotifyTarget = z.strictObject({
  kind: z
    .enum(['webhook', 'smn'])
    .describe('webhook posts JSON to the URL; smn publishes to a topic of Huawei SMN.'),
  url: z
    .url({ protocol: /^https?$/, error: isNotSecretly('an http(s) URL') })
    .describe('Where to post: the webhook, or the publish URL of the SMN topic.'),
  when: z
    .array(z.enum(remediationStates))
    .min(1)
    .prefault(['failed', 'needs-human', 'awaiting-approval'])
    .describe('The states of a remediation that are told.'),
});
