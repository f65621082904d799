import * as z from 'zod';
import { remediationStates } from '../state.ts';
import { isNotSecretly } from './wording.ts';

/** The vendor's page: support.huaweicloud.com/api-smn/PublishMessage.html */
const PUBLISH_PATH = /^\/v2\/[^/]+\/notifications\/topics\/[^/]+\/publish$/;

export const NotifyTarget = z
  .strictObject({
    kind: z
      .enum(['webhook', 'smn'])
      .describe('webhook posts JSON to the URL; smn publishes to a topic of Huawei SMN.'),
    url: z
      .url({ protocol: /^https?$/, error: isNotSecretly('an http(s) URL') })
      .refine(isDecodable, { error: 'has a % that is not followed by two hex digits: write it as %25' })
      .describe('Where to post: the webhook, or the publish URL of the SMN topic.'),
    when: z
      .array(z.enum(remediationStates))
      .min(1)
      .prefault(['failed', 'needs-human', 'awaiting-approval'])
      .describe('The states of a remediation for which the target gets a notice.'),
  })
  .refine(({ kind, url }) => kind !== 'smn' || PUBLISH_PATH.test(new URL(url).pathname), {
    path: ['url'],
    error:
      'is not the publish URL of a topic: https://smn.{region}.myhuaweicloud.com/v2/{project_id}/notifications/topics/{topic_urn}/publish',
  });

/** Whether the parts that are decoded before the request can be decoded: the credentials and the signed path. */
function isDecodable(text: string): boolean {
  try {
    const { username, password, pathname } = new URL(text);
    decodeURIComponent(username + password + pathname);
    return true;
  } catch {
    return false;
  }
}
