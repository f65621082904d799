import { budgetOf, unseenIn } from '#lib/capacity/capacity';
import { tellIncidents } from '#lib/capacity/incidents';
import type { Facts } from '#lib/guards/guard';
import { nameOf } from '#lib/guards/name-of';
import { type PoolRecord, updatePoolRecord } from '#lib/ledger/pool-record';
import { hasRoomToReport } from '#lib/ledger/pool-room';
import { effectiveMode, ruleOf } from '#lib/remediation/record/limits';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { PoolRules, Rules } from '#lib/rules/rules';

/** Two nodes at once are no incident, however small the pool. */
const MIN_NODES = 2;

/**
 * Enters the nodes that alerts report for the first time. If more are reported within `storm.within` than the pool may lose, they are
 * one incident: the pool waits until no further node was reported for as long, and people get a notice.
 *
 * @returns the pool as it is stored then; undefined if no node was reported for the first time.
 */
export async function reportNodes(
  pool: PoolRules,
  facts: readonly Facts[],
  services: RemediationServices,
): Promise<PoolRecord | undefined> {
  const { store, clock, rules } = services;
  const [first] = facts;
  if (!first) return undefined;
  const news = newsOf(facts, rules);
  if (news.shown.size + news.hidden.size === 0) return undefined;
  const { reading, poolRecord } = first;
  const unseen = unseenIn(reading, poolRecord);
  const size = reading.nodes.length + unseen;
  const isBorne = (called: string): boolean =>
    reading.nodes.some(({ name, privateIp }) => name === called || privateIp === called);
  const { value } = await updatePoolRecord(store, pool.id, clock.now(), (current) =>
    withReports(withNames(current, facts), news, { pool, size, unseen, isBorne }, clock.now()),
  );
  await tellIncidents(value, services);
  return value;
}

/** The names of nodes that are reported for the first time: those of nodes in the reading, and others. */
type News = { shown: ReadonlySet<string>; hidden: ReadonlySet<string> };

function newsOf(facts: readonly Facts[], rules: Rules): News {
  const reported = facts.filter((fact) => isNews(fact, rules));
  const shown = new Set(reported.filter(({ node }) => node !== undefined).map(nameOf));
  const hidden = new Set(reported.filter(({ node }) => node === undefined).map(nameOf));
  return { shown, hidden };
}

/** A node may have been reported by its address while no list showed it. Now it counts once, under its name. */
function withNames(record: PoolRecord, facts: readonly Facts[]): PoolRecord {
  const names = new Map(facts.flatMap(({ target, node }) => (node ? [[target, node.name] as const] : [])));
  const reported = Object.entries(record.reported).map(
    ([name, at]) => [names.get(name) ?? name, at] as const,
  );
  return { ...record, reported: Object.fromEntries(reported) };
}

/**
 * Whether this is the first judgement of the first rung for an alert. `notify` rungs do not count, because no guard checks their
 * node.
 */
function isNews({ remediation, target }: Facts, rules: Rules): boolean {
  const { alerts, callId, judged, notSeen = {}, ladder: { rung } = { rung: 0 } } = remediation;
  const before = ruleOf(rules, remediation)?.ladder.slice(0, rung);
  const isFirst = rung === 0 || before?.every(({ action }) => action === 'notify') === true;
  // A target that no reading has shown yet was not entered at its earlier judgements.
  const isNew = judged !== 'targets' || notSeen[target] !== undefined;
  const isOnlyWatched = effectiveMode(rules, remediation).mode === 'observe';
  return alerts.length > 0 && isNew && callId === undefined && isFirst && !isOnlyWatched;
}

/**
 * Undefined: all of them were reported before. A name that is not in the reading may be a sender's mistake, or another name of a
 * reported node. Such names, together with the earlier ones, count only up to the number of nodes that the reading does not show.
 */
function withReports(
  record: PoolRecord,
  { shown, hidden }: News,
  {
    pool,
    size,
    unseen,
    isBorne,
  }: { pool: PoolRules; size: number; unseen: number; isBorne: (called: string) => boolean },
  now: number,
): PoolRecord | undefined {
  const at = new Date(now).toISOString();
  const { withinMs } = pool.storm;
  const recent = Object.entries(record.reported).filter(([, time]) => now - Date.parse(time) < withinMs);
  const known = new Map(recent);
  const room = hidden.size === 0 ? 0 : unseen - recent.filter(([name]) => !isBorne(name)).length;
  const fresh = [
    ...[...shown].filter((node) => !known.has(node)),
    ...[...hidden]
      .filter((node) => !known.has(node))
      .toSorted()
      .slice(0, Math.max(0, room)),
  ];
  if (fresh.length === 0) return undefined;
  // Names without room are not stored, but they count for the storm.
  const reported = Object.fromEntries(recent);
  for (const node of fresh) if (hasRoomToReport(reported, node)) reported[node] = at;

  const count = recent.length + fresh.length;
  const until = new Date(now + withinMs).toISOString();
  const { storm } = record;
  const isStorm = storm !== undefined && Date.parse(storm.until) > now;
  if (isStorm) {
    return {
      ...record,
      reported,
      storm: { ...storm, until, nodes: Math.max(count, storm.nodes) },
      updatedAt: at,
    };
  }
  if (count <= stormLimit(pool, size)) return { ...record, reported, updatedAt: at };
  return { ...record, reported, storm: { since: at, until, nodes: count, told: false }, updatedAt: at };
}

function stormLimit({ storm, budget }: PoolRules, size: number): number {
  const limit = storm.nodes ?? budget.perDay;
  return Math.max(budgetOf(limit, size), MIN_NODES);
}
