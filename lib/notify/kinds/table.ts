import type { NotifyTarget } from '#lib/rules/rules';
import type { NoticeRequest } from '../post.ts';
import { dingtalk } from './dingtalk.ts';
import { feishu } from './feishu.ts';
import type { Outgoing, Signing } from './kind.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { smn } from './smn.ts';
import { sns } from './sns.ts';
import { teams } from './teams.ts';
import { webhook } from './webhook.ts';
import { wecom } from './wecom.ts';

/** Whether the receiver of a recipient keeps the notices of one incident together, by a name that it gives to the first. */
export function hasThreads(target: NotifyTarget): boolean {
  return target.kind === 'slack' && target.token !== undefined;
}

/**
 * The request that carries a notice to a recipient, by the kind of its receiver.
 *
 * @param target with its secrets in place
 * @throws TypeError if a key that signs is missing, or a URL is none
 */
export function requestTo(
  target: NotifyTarget,
  outgoing: Outgoing,
  signing: Signing,
): Omit<NoticeRequest, 'secrets'> {
  switch (target.kind) {
    case 'webhook':
      return webhook.request(outgoing, target, signing);
    case 'slack':
      return slack.request(outgoing, target, signing);
    case 'feishu':
      return feishu.request(outgoing, target, signing);
    case 'dingtalk':
      return dingtalk.request(outgoing, target, signing);
    case 'wecom':
      return wecom.request(outgoing, target, signing);
    case 'teams':
      return teams.request(outgoing, target, signing);
    case 'pagerduty':
      return pagerduty.request(outgoing, target, signing);
    case 'smn':
      return smn.request(outgoing, target, signing);
    case 'sns':
      return sns.request(outgoing, target, signing);
  }
}
