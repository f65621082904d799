import type { NotifyKind } from '#lib/rules/rules';
import type { Target } from '../notify-bench.ts';

/** The secrets of one recipient of each kind. */
export const SECRETS = {
  HOOK: 'https://hook.example.com/h/0f2c7d',
  SLACK: 'https://hooks.slack.com/services/T0/B0/x7Yq2',
  BOT: 'xoxb-1-2-abcdefghijkl',
  FEISHU: 'https://open.feishu.cn/open-apis/bot/v2/hook/7c1f-22',
  FEISHU_KEY: 'feishu-signing-key-1',
  DING: 'https://oapi.dingtalk.com/robot/send?access_token=41f8d2',
  DING_KEY: 'SEC0123456789abcdef',
  WECOM: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6',
  TEAMS:
    'https://default1.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/w1/triggers/manual/paths/invoke?sig=s1',
  PAGER: 'R0123456789abcdef0123456789abcde',
  AWS_ID: 'AKIDEXAMPLE01234567',
  AWS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

const SMN =
  'https://smn.cn-north-4.myhuaweicloud.com/v2/0123456789abcdef0123456789abcdef/notifications/topics/urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:alerts/publish';

/** One recipient of each kind, and a bot of Slack. */
export const RECIPIENTS: Record<NotifyKind | 'slack-bot', Target> = {
  webhook: { kind: 'webhook', url: '${secret:HOOK}' },
  slack: { kind: 'slack', url: '${secret:SLACK}', digest: '0s' },
  'slack-bot': { kind: 'slack', token: '${secret:BOT}', channel: 'C0123456789', digest: '0s' },
  feishu: { kind: 'feishu', url: '${secret:FEISHU}', secret: '${secret:FEISHU_KEY}', digest: '0s' },
  dingtalk: { kind: 'dingtalk', url: '${secret:DING}', secret: '${secret:DING_KEY}', digest: '0s' },
  wecom: { kind: 'wecom', url: '${secret:WECOM}', digest: '0s' },
  teams: { kind: 'teams', url: '${secret:TEAMS}', digest: '0s' },
  pagerduty: { kind: 'pagerduty', routingKey: '${secret:PAGER}' },
  smn: { kind: 'smn', url: SMN },
  sns: {
    kind: 'sns',
    topicArn: 'arn:aws:sns:eu-central-1:123456789012:oncall',
    accessKeyId: '${secret:AWS_ID}',
    secretAccessKey: '${secret:AWS_KEY}',
  },
};

export const KINDS = Object.keys(RECIPIENTS) as (keyof typeof RECIPIENTS)[];

/** The address of the console in links. */
export const BASE_URL = 'https://poolkeeper.example.com';
