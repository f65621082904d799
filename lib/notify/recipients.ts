import type { Notice } from '#events/notice';
import { contentId } from '#lib/hash';
import type { NotifyTarget, Rules } from '#lib/rules/rules';
import { secretNamesIn, withValues } from '#lib/rules/secret-reference';
import { severityOf } from '#lib/rules/severity';
import { type About, closesIncident, wantsIncident, wantsRung, wantsState } from '#lib/rules/wanted';

/** A recipient of notices. Its URL is a secret; texts name it by kind and host. */
export type Recipient = {
  /** A hash that identifies it in the ledger. It stays the same if the value of a secret changes. */
  key: string;
  /** The entry of the rules file. It names its secrets, and does not hold them. */
  target: NotifyTarget;
  /** Its name in the rules file. Without one: such as `webhook at chat.example.com`, or `webhook of secret CHAT_URL`. */
  name: string;
};

/** The recipients of a notice. A receiver that stands in the rules several times is one recipient. */
export function recipientsOf(
  notice: Notice,
  about: About,
  rules: Pick<Rules, 'notify' | 'pools'>,
): Recipient[] {
  const but = notice.kind === 'incident' ? notice.recipient : undefined;
  const recipients = rules.notify.filter((target) => wants(target, notice, about, rules)).map(toRecipient);
  return [...new Map(recipients.map((recipient) => [recipient.key, recipient])).values()].filter(
    ({ key }) => key !== but,
  );
}

/** The recipient with a hash. Undefined: the rules file has it no more. */
export function recipientWith(key: string, { notify }: Pick<Rules, 'notify'>): Recipient | undefined {
  return notify.map(toRecipient).find((recipient) => recipient.key === key);
}

/** Whether a recipient gets a notice only to close its incident: if it has none, it gets nothing. */
export function isOnlyClosed(
  target: NotifyTarget,
  notice: Notice,
  about: About,
  rules: Pick<Rules, 'pools'>,
): boolean {
  return (
    notice.kind === 'remediation' &&
    !wantsState(target, notice.state, about, rules) &&
    closesIncident(target, notice.state, about, rules)
  );
}

function wants(target: NotifyTarget, notice: Notice, about: About, rules: Pick<Rules, 'pools'>): boolean {
  switch (notice.kind) {
    case 'remediation':
      return wantsState(target, notice.state, about, rules) || isOnlyClosed(target, notice, about, rules);
    case 'rung':
      return wantsRung(target, severityOf(notice.severity ?? 'warning'), about, rules);
    case 'incident':
      return wantsIncident(target, notice, rules);
  }
}

/** An entry of the rules file as a recipient. */
export function toRecipient(target: NotifyTarget): Recipient {
  return { key: keyOf(target), target, name: target.name ?? `${target.kind} ${placeOf(target)}` };
}

/** A hash of everything that decides where a notice arrives. */
function keyOf(target: NotifyTarget): string {
  if (target.kind === 'slack')
    return contentId([target.kind, target.url ?? null, target.channel ?? null, target.token ?? null]);
  if (target.kind === 'pagerduty') return contentId([target.kind, target.url, target.routingKey]);
  if (target.kind === 'sns') return contentId([target.kind, target.url ?? null, target.topicArn]);
  return contentId([target.kind, target.url]);
}

function placeOf(target: NotifyTarget): string {
  if (target.kind === 'sns') return `topic ${target.topicArn.split(':').at(-1)}`;
  if (target.kind === 'pagerduty') return `of secret ${secretNamesIn(target.routingKey)[0]}`;
  if (target.kind === 'slack' && target.channel !== undefined) return `channel ${target.channel}`;
  return placeOfUrl(target.url ?? '');
}

/** The host of a URL. If a secret may be a part of it: the secret's name. */
function placeOfUrl(url: string): string {
  const [secret] = secretNamesIn(url);
  const hostOf = (value: string) => URL.parse(withValues(url, () => value))?.host;
  const host = hostOf('1');
  return secret !== undefined && (host === undefined || host !== hostOf('2'))
    ? `of secret ${secret}`
    : `at ${host}`;
}
