import type { Notice } from '#events/notice';
import { contentId } from '#lib/hash';
import type { NotifyTarget, Rules } from '#lib/rules/rules';

/** A recipient of notices. Its URL is a secret; texts name it by kind and host. */
export type Recipient = {
  /** A hash that identifies it in the ledger. */
  key: string;
  kind: NotifyTarget['kind'];
  url: URL;
  /** Such as `webhook at chat.example.com`. */
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

function toRecipient({ kind, url: text }: NotifyTarget): Recipient {
  const url = new URL(text);
  return { key: contentId([kind, text]), kind, url, name: `${kind} at ${url.host}` };
}
