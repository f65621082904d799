import type { Clock } from '#lib/clock';
import { HttpProblem } from '#lib/handler/problem';
import { type EventsQuery, listEvents } from '#lib/journal/list-events';
import { listRemediations } from '#lib/ledger/listing/listing';
import type { ListQuery } from '#lib/ledger/listing/query';
import type { Unreadable } from '#lib/ledger/read-many';
import type { Store } from '#lib/ledger/store';
import type { Logger } from '#lib/log';
import { logUnreadable } from '#lib/remediation/messages/report-unreadable';
import { poolOf } from '#lib/rules/pool';
import type { Rules } from '#lib/rules/rules';

export type PageServices = { store: Store; rules: Rules; clock: Clock };

/**
 * A page of the ledger's list. It names unreadable documents; the log has the reasons.
 *
 * @throws HttpProblem 404 for a pool that neither the rules file nor the ledger has.
 */
export async function remediationsPage(query: ListQuery, { store, rules, clock }: PageServices, log: Logger) {
  const { pool } = query;
  if (pool !== undefined && !poolOf(rules, pool) && !(await hasRemediations(store, pool)))
    throw unknownPool(pool);
  const { unreadable, ...page } = await listRemediations(store, rules, query, clock.now());
  return { ...page, ...named(unreadable, log) };
}

/** Whether the ledger has any remediation of a pool. The rules file may not have the pool any more. */
async function hasRemediations(store: Store, pool: string): Promise<boolean> {
  return (await store.find({ index: 'by-pool', partition: pool, limit: 1 })).length > 0;
}

/**
 * A page of the journal.
 *
 * @throws HttpProblem 404 for a pool that is not in the rules file.
 */
export async function eventsPage(query: EventsQuery, { store, rules, clock }: PageServices, log: Logger) {
  const pool = query.pool === undefined ? undefined : poolOf(rules, query.pool);
  if (query.pool !== undefined && !pool) throw unknownPool(query.pool);
  const { unreadable, ...page } = await listEvents(store, { ...query, pool: pool?.id }, clock.now());
  return { ...page, ...named(unreadable, log) };
}

function unknownPool(pool: string): HttpProblem {
  return new HttpProblem(
    404,
    'Not Found',
    `The rules file has no pool with the name or id ${JSON.stringify(pool)}`,
  );
}

function named(unreadable: readonly Unreadable[], log: Logger): { unreadable?: string[] } {
  logUnreadable(unreadable, log);
  return unreadable.length > 0 ? { unreadable: unreadable.map(({ document }) => document.pk) } : {};
}
