import * as z from 'zod';
import { asUrl, notifyUrl, secretKey } from '../notify-url.ts';
import { isSecretReference } from '../secret-reference.ts';
import { severityNames } from '../severity.ts';
import { remediationStates } from '../state.ts';
import { Duration } from './duration.ts';
import { PoolReference } from './name.ts';
import { isNot } from './wording.ts';

/** The vendor's page: support.huaweicloud.com/api-smn/PublishMessage.html */
const PUBLISH_PATH = /^\/v2\/[^/]+\/notifications\/topics\/[^/]+\/publish$/;

/** The form of an ARN: docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html. A topic has at most 256 characters. */
const TOPIC_ARN = /^arn:aws(?:-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?$/;

/** The keys of every recipient. */
const common = {
  name: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,62}$/u, {
      error: isNot('a name of up to 63 letters, digits, spaces, dots, hyphens and underscores'),
    })
    .exactOptional()
    .describe('The name of the recipient in logs and notices. Without it: its kind and host.'),
  when: z
    .array(z.enum(remediationStates))
    .min(1)
    .prefault(['failed', 'needs-human', 'awaiting-approval'])
    .describe('The states of a remediation for which the target gets a notice.'),
  severity: z
    .enum(severityNames)
    .exactOptional()
    .describe('The lowest severity of its notices. Without it: every severity.'),
  rules: z
    .array(z.string().min(1))
    .min(1)
    .exactOptional()
    .describe(
      'Only remediations of these rules. A name may have * and ?. Incidents of a pool come all the same.',
    ),
  pools: z
    .array(PoolReference)
    .min(1)
    .exactOptional()
    .describe('Only notices about these pools. An incident without a pool comes all the same.'),
};

/**
 * Notices that come within this time are one message. Chats have limits of a few messages in a minute, and no person reads thirty.
 *
 * @param time the default
 */
const digest = (time: string) =>
  Duration.refine((ms) => ms <= MAX_DIGEST_MS, { error: 'is more than a day' })
    .prefault(time)
    .describe(
      'Notices that come within this time are one message with a list, after that time. 0s: each is its own message.',
    );

const MAX_DIGEST_MS = 24 * 3_600_000;

const Webhook = z.strictObject({
  kind: z.literal('webhook').describe('Posts JSON to the URL.'),
  url: notifyUrl('Where to post.'),
  digest: digest('0s'),
  ...common,
});

const Smn = z.strictObject({
  kind: z.literal('smn').describe('Publishes to a topic of Huawei SMN.'),
  url: notifyUrl('The publish URL of the topic.').refine(
    (url) => isSecretReference(url) || PUBLISH_PATH.test(asUrl(url)?.pathname ?? ''),
    {
      error:
        'is not the publish URL of a topic: https://smn.{region}.myhuaweicloud.com/v2/{project_id}/notifications/topics/{topic_urn}/publish',
    },
  ),
  digest: digest('0s'),
  ...common,
});

const Slack = z.strictObject({
  kind: z.literal('slack').describe('Posts to a channel of Slack.'),
  url: notifyUrl(
    'The incoming webhook. Beside a token: the address of chat.postMessage, if it is not that of slack.com.',
  ).exactOptional(),
  token: secretKey(
    'The token of a bot with the scope chat:write. With it the notices of one incident are one thread.',
  ).exactOptional(),
  channel: z
    .string()
    .regex(/^[#A-Za-z0-9._-]{1,80}$/, { error: isNot('the id of a channel, such as C0123456789, or #name') })
    .exactOptional()
    .describe('The channel, beside a token.'),
  digest: digest('30s'),
  ...common,
});

const Feishu = z.strictObject({
  kind: z.literal('feishu').describe('Posts to a custom bot of Feishu or Lark.'),
  url: notifyUrl('The webhook of the bot.'),
  secret: secretKey('The key of the signature, if the bot verifies one.').exactOptional(),
  digest: digest('30s'),
  ...common,
});

const Dingtalk = z.strictObject({
  kind: z.literal('dingtalk').describe('Posts to a custom robot of DingTalk.'),
  url: notifyUrl('The webhook of the robot.'),
  secret: secretKey('The key of the signature (SEC…), if the robot demands one.').exactOptional(),
  digest: digest('30s'),
  ...common,
});

const Wecom = z.strictObject({
  kind: z.literal('wecom').describe('Posts to a group robot of WeCom.'),
  url: notifyUrl('The webhook of the robot.'),
  digest: digest('30s'),
  ...common,
});

const Teams = z.strictObject({
  kind: z.literal('teams').describe('Posts an Adaptive Card to a workflow of Microsoft Teams.'),
  url: notifyUrl('The address of the workflow.'),
  digest: digest('30s'),
  ...common,
});

const Pagerduty = z.strictObject({
  kind: z
    .literal('pagerduty')
    .describe(
      'Sends events to PagerDuty: an incident for each remediation, which ends when the remediation ends well.',
    ),
  routingKey: secretKey('The integration key of a service, for the Events API v2.'),
  url: notifyUrl('The address of the Events API v2, for another region.').prefault(
    'https://events.pagerduty.com/v2/enqueue',
  ),
  ...common,
});

const Sns = z.strictObject({
  kind: z.literal('sns').describe('Publishes to a topic of AWS SNS.'),
  topicArn: z
    .string()
    .regex(TOPIC_ARN, { error: isNot('the ARN of a topic: arn:aws:sns:{region}:{account}:{name}') })
    .describe('The topic.'),
  accessKeyId: secretKey(
    'The id of an access key. Without it: the role of the function, which only a deployment on AWS has.',
  ).exactOptional(),
  secretAccessKey: secretKey('The secret of the access key.').exactOptional(),
  url: notifyUrl(
    'The address of SNS, such as a VPC endpoint. Without it: that of the region of the topic.',
  ).exactOptional(),
  digest: digest('0s'),
  ...common,
});

const AnyTarget = z.discriminatedUnion('kind', [
  Webhook,
  Smn,
  Slack,
  Feishu,
  Dingtalk,
  Wecom,
  Teams,
  Pagerduty,
  Sns,
]);

/** One recipient of notices, with the keys of its kind. */
export const NotifyTarget = AnyTarget.superRefine((target, context) => {
  const problem = problemOf(target);
  if (problem) context.addIssue({ code: 'custom', path: [problem.key], message: problem.reason });
});

/** The first mistake in the combination of keys. */
function problemOf(target: z.output<typeof AnyTarget>): { key: string; reason: string } | undefined {
  if (target.kind === 'slack') return slackProblem(target);
  return target.kind === 'sns' ? snsProblem(target) : undefined;
}

function snsProblem({ accessKeyId, secretAccessKey }: z.output<typeof Sns>) {
  if ((accessKeyId === undefined) === (secretAccessKey === undefined)) return undefined;
  const key = accessKeyId === undefined ? 'accessKeyId' : 'secretAccessKey';
  return { key, reason: 'is missing: an access key has both parts' };
}

function slackProblem({ url, token, channel }: z.output<typeof Slack>) {
  if (token === undefined && url === undefined)
    return {
      key: 'url',
      reason: 'is missing: add url for an incoming webhook, or token and channel for a bot',
    };
  if (token === undefined && channel !== undefined)
    return {
      key: 'channel',
      reason: 'is only for a bot: add its token, or remove it. A webhook has its own channel',
    };
  if (token !== undefined && channel === undefined)
    return { key: 'channel', reason: 'is missing: a bot needs the channel to post to' };
  return undefined;
}
