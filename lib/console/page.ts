import type { Clock } from '#lib/clock';
import { HttpProblem } from '#lib/handler/problem';
import { type EventsQuery, listEvents } from '#lib/journal/list-events';
import type { Page } from '#lib/ledger/listing/listing';
import type { Unreadable } from '#lib/ledger/read-many';
import type { Store } from '#lib/ledger/store';
import type { Logger } from '#lib/log';
import { logUnreadable } from '#lib/remediation/messages/report-unreadable';
import { poolOf } from '#lib/rules/pool';
import type { Rules } from '#lib/rules/rules';

/** A page of the list for a person. It names unreadable documents; the log has the reasons. */
export function shownPage({ unreadable, ...page }: Page, log: Logger) {
  return { ...page, ...named(unreadable, log) };
}

/**
 * A page of the journal.
 *
 * @throws HttpProblem 404 for a pool that is not in the rules file.
 */
export async function eventsPage(
  query: EventsQuery,
  { store, rules, clock }: { store: Store; rules: Rules; clock: Clock },
  log: Logger,
) {
  const pool = query.pool === undefined ? undefined : poolOf(rules, query.pool);
  if (query.pool !== undefined && !pool) {
    throw new HttpProblem(
      404,
      'Not Found',
      `The rules file has no pool with the name or id ${JSON.stringify(query.pool)}`,
    );
  }
  const { unreadable, ...page } = await listEvents(store, { ...query, pool: pool?.id }, clock.now());
  return { ...page, ...named(unreadable, log) };
}

function named(unreadable: readonly Unreadable[], log: Logger): { unreadable?: string[] } {
  logUnreadable(unreadable, log);
  return unreadable.length > 0 ? { unreadable: unreadable.map(({ document }) => document.pk) } : {};
}
