import * as z from 'zod';
import { hasMalformedReference, isSecretReference, withValues } from '../secret-reference.ts';
import { remediationStates } from '../state.ts';

/** The vendor's page: support.huaweicloud.com/api-smn/PublishMessage.html */
const PUBLISH_PATH = /^\/v2\/[^/]+\/notifications\/topics\/[^/]+\/publish$/;

/** A URL may hold secrets, so no mistake repeats it. A secret in it stands for any part that keeps it a URL. */
const NotifyUrl = z
  .string()
  .superRefine((text, context) => {
    const reason = whyNoUrl(text);
    if (reason !== undefined) context.addIssue(reason);
  })
  .describe(
    'Where to post: the webhook, or the publish URL of the SMN topic. ${secret:NAME} stands for a secret.',
  );

function whyNoUrl(text: string): string | undefined {
  if (hasMalformedReference(text))
    return 'has a ${…} that is not ${secret:NAME}: the name has capital letters, digits and _, and begins with a letter';
  if (isSecretReference(text)) return undefined;
  const url = asUrl(text);
  if (!url || !/^https?:$/.test(url.protocol)) return 'is not an http(s) URL';
  return isDecodable(url) ? undefined : 'has a % that is not followed by two hex digits: write it as %25';
}

export const NotifyTarget = z
  .strictObject({
    kind: z
      .enum(['webhook', 'smn'])
      .describe('webhook posts JSON to the URL; smn publishes to a topic of Huawei SMN.'),
    url: NotifyUrl,
    when: z
      .array(z.enum(remediationStates))
      .min(1)
      .prefault(['failed', 'needs-human', 'awaiting-approval'])
      .describe('The states of a remediation for which the target gets a notice.'),
  })
  .refine(({ kind, url }) => kind !== 'smn' || isSecretReference(url) || isPublishUrl(url), {
    path: ['url'],
    error:
      'is not the publish URL of a topic: https://smn.{region}.myhuaweicloud.com/v2/{project_id}/notifications/topics/{topic_urn}/publish',
  });

function isPublishUrl(text: string): boolean {
  const url = asUrl(text);
  return url !== undefined && PUBLISH_PATH.test(url.pathname);
}

/** The URL with something in place of each secret: it may be a host, the number of a port, or a part of the path. */
function asUrl(text: string): URL | undefined {
  const standIns = ['a', '1'].map((value) => URL.parse(withValues(text, () => value)));
  return standIns.find((url) => url !== null);
}

/** Whether the parts that are decoded before the request can be decoded: the credentials and the signed path. */
function isDecodable({ username, password, pathname }: URL): boolean {
  try {
    decodeURIComponent(username + password + pathname);
    return true;
  } catch {
    return false;
  }
}
