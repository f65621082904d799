import type { Page } from '#lib/ledger/listing';
import type { Logger } from '#lib/log';
import { logUnreadable } from '#lib/remediation/report-unreadable';

/** A page of the list for a person: documents that cannot be read are named, and in the log with the reason. */
export function shownPage({ unreadable, ...page }: Page, log: Logger) {
  logUnreadable(unreadable, log);
  return {
    ...page,
    ...(unreadable.length > 0 && { unreadable: unreadable.map(({ document }) => document.pk) }),
  };
}
