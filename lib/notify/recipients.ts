import type { Notice } from '#events/notice';
import { contentId } from '#lib/hash';
import type { NotifyTarget, Rules } from '#lib/rules/rules';
import { secretNamesIn, withValues } from '#lib/rules/secret-reference';

/** A recipient of notices. Its URL is a secret; texts name it by kind and host. */
export type Recipient = {
  /** A hash that identifies it in the ledger. It stays the same if the value of a secret changes. */
  key: string;
  /** The entry of the rules file. It names its secrets, and does not hold them. */
  target: NotifyTarget;
  /** Such as `webhook at chat.example.com`, or `webhook of secret CHAT_URL`. */
  name: string;
};

/** The recipients. A URL that stands in the rules several times is one recipient. */
export function recipientsOf(notice: Notice, { notify }: Pick<Rules, 'notify'>): Recipient[] {
  const recipients = notify.filter((target) => wants(target, notice)).map(toRecipient);
  return [...new Map(recipients.map((recipient) => [recipient.key, recipient])).values()];
}

function wants({ when }: NotifyTarget, notice: Notice): boolean {
  switch (notice.kind) {
    case 'remediation':
      return when.includes(notice.state);
    case 'rung':
      return true;
    case 'incident':
      return when.includes('needs-human');
  }
}

function toRecipient(target: NotifyTarget): Recipient {
  const { kind, url } = target;
  return { key: contentId([kind, url]), target, name: `${kind} ${placeOf(url)}` };
}

/** The host of a URL. If a secret may be a part of it: the secret's name. */
function placeOf(url: string): string {
  const [secret] = secretNamesIn(url);
  const hostOf = (value: string) => URL.parse(withValues(url, () => value))?.host;
  const host = hostOf('1');
  return secret !== undefined && (host === undefined || host !== hostOf('2'))
    ? `of secret ${secret}`
    : `at ${host}`;
}
