import type { NotifyTarget, Rules } from '#lib/rules/rules';
import { isSecretReference, secretNamesIn, withValues } from '#lib/rules/secret-reference';

/**
 * The same rules with a webhook in the place of each recipient: a rehearsal has no secrets, and reads every notice in one form, at once. A URL that is
 * a secret becomes one that names it.
 */
export function withPlainRecipients(rules: Rules): Rules {
  return { ...rules, notify: rules.notify.map(plainRecipient) };
}

function plainRecipient(target: NotifyTarget): NotifyTarget {
  const { when, name, severity, rules, pools } = target;
  return {
    kind: 'webhook',
    url: urlOf(target),
    when,
    digest: 0,
    ...(name !== undefined && { name }),
    ...(severity !== undefined && { severity }),
    ...(rules !== undefined && { rules }),
    ...(pools !== undefined && { pools }),
  };
}

function urlOf(target: NotifyTarget): string {
  const url = 'url' in target ? target.url : undefined;
  if (target.kind === 'pagerduty') return addressOf(secretNamesIn(target.routingKey)[0] ?? 'pagerduty');
  if (url === undefined) return addressOf(target.kind === 'sns' ? 'sns' : 'slack');
  const [secret = ''] = secretNamesIn(url);
  return isSecretReference(url) ? addressOf(secret) : withValues(url, () => '1');
}

function addressOf(name: string): string {
  return `https://${name.toLowerCase().replaceAll('_', '-')}.invalid/`;
}
