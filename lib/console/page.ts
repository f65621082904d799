import type { Clock } from '#lib/clock';
import { HttpProblem } from '#lib/handler/problem';
import { type EventsQuery, listEvents } from '#lib/journal/list-events';
import { listRemediations, remediationsOf } from '#lib/ledger/listing/listing';
import type { ListQuery } from '#lib/ledger/listing/query';
import { type StatsQuery, statsOf } from '#lib/ledger/listing/stats';
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
  await checkPool(pool, rules, store);
  const { unreadable, ...page } = await listRemediations(store, rules, query, clock.now());
  return { ...page, ...named(unreadable, log) };
}

/** The time that statistics cover unless the request says otherwise. */
const HOUR_MS = 3_600_000;
const STATS_MS = 7 * 24 * HOUR_MS;

/**
 * The outcomes of the remediations of a period, in groups. `since` is the beginning of the covered period: it is later than the
 * requested one if the period has too many remediations (`truncated`).
 *
 * @throws HttpProblem 404 as `remediationsPage`.
 */
export async function statsPage(
  { since, until, by, pool }: StatsQuery,
  { store, rules, clock }: PageServices,
  log: Logger,
) {
  await checkPool(pool, rules, store);
  const begin = since ?? lately(until === undefined ? clock.now() : Date.parse(until));
  const period = { since: begin, until, pool: pool && (poolOf(rules, pool)?.id ?? pool) };
  const { remediations, readTo, unreadable } = await remediationsOf(store, period, clock);
  const nameOf = (id: string) => poolOf(rules, id)?.name ?? id;
  return {
    since: readTo ?? begin,
    ...(until !== undefined && { until }),
    by,
    groups: statsOf(remediations, by, nameOf),
    ...(readTo !== undefined && { truncated: true }),
    ...named(unreadable, log),
  };
}

/** The beginning of the default period, at a full hour: within the hour an answer stays the same if nothing happens. */
function lately(endMs: number): string {
  return new Date(Math.floor((endMs - STATS_MS) / HOUR_MS) * HOUR_MS).toISOString();
}

/** @throws HttpProblem 404 for a pool that neither the rules file nor the ledger has. */
async function checkPool(pool: string | undefined, rules: Rules, store: Store): Promise<void> {
  if (pool !== undefined && !poolOf(rules, pool) && !(await hasRemediations(store, pool)))
    throw unknownPool(pool);
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
