import type { Hold, PoolRecord } from '#lib/ledger/pool-record';
import type { Remediation } from '#lib/ledger/remediation';
import type { PoolRules } from '#lib/rules/rules';
import { withoutBreaker } from './breaker.ts';
import { hourOf, isCounted, moveUnit } from './day.ts';

/**
 * A hold ends with its remediation. Only one with a lost owner reaches this age after the deadline: a day, the longest that
 * Huawei lets a job of this kind run (docs/design/modelarts-api.md, 1.3).
 */
export const LOST_HOLD_MS = 24 * 3_600_000;

/** Longest pause of a pool whose failures pile up. */
const MAX_PAUSE_MS = 3_600_000;

/** For a pool that is no longer in the rules file. */
const DEFAULT_BREAKER = { failures: 5, pauseMs: 10 * 60_000 };

/** The name of a target's hold and history. A node pool may have the same name as a node. */
export function holdName({ nodePool }: Pick<Remediation, 'nodePool'>, target: string): string {
  return nodePool === undefined ? target : `nodepool/${target}`;
}

/** The hold of a target. Undefined: it is free, or the hold ran out. */
export function holdOf({ held }: Pick<PoolRecord, 'held'>, name: string, now: number): Hold | undefined {
  const hold = held[name];
  return hold && Date.parse(hold.expiresAt) > now ? hold : undefined;
}

/**
 * Adds targets to the holds of a remediation. Each disruptive one spends a unit of the day's budget, unless its node counts already:
 * then it counts once, from now on.
 */
export function takeHolds(
  record: PoolRecord,
  taken: Readonly<Record<string, Hold>>,
  now: number,
): PoolRecord {
  let { spent } = record;
  const held = { ...record.held };
  for (const [name, hold] of Object.entries(taken)) {
    const before = record.held[name];
    const isOwn = before?.remediation === hold.remediation;
    // The attempt that writes later may be the earlier one.
    const attempt = isOwn ? Math.max(hold.attempt, before.attempt) : hold.attempt;
    held[name] = { ...hold, attempt };
    if (!hold.disruptive) continue;
    const from = countedHour(before, hold, now);
    const countedIn = hourOf(now);
    // If an earlier attempt made no call, its unit becomes the unit of this one.
    const countedBefore = isOwn && before.countedIn !== undefined ? before.countedBefore : from;
    held[name] = { ...hold, attempt, countedIn, countedBefore };
    spent = moveUnit(spent, { from, to: countedIn }, now);
  }
  return { ...record, held, spent, updatedAt: new Date(now).toISOString() };
}

/**
 * The hour in which a node counts in the day's budget, before its hold is taken: that of an earlier hold of it, or of its last call.
 * Undefined: it does not count.
 */
export function countedHour(
  before: Hold | undefined,
  { countedBefore }: Pick<Hold, 'countedBefore'>,
  now: number,
): string | undefined {
  const hour = before?.countedIn ?? countedBefore;
  return isCounted(hour, now) ? hour : undefined;
}

/**
 * The result for a released target. `uncalled`: no call after all. `refused`: the API refused it. `released`: a person, or the
 * sweep, says that it is free.
 */
export type Result = 'succeeded' | 'failed' | 'uncalled' | 'refused' | 'released';

/** A released target: its result, and whether its history has changed. */
export type Freed = { result: Result; isHistory: boolean };

/** The holds that an attempt of a remediation may release: not those of another remediation, or of a later attempt. */
export function ownHolds(
  { held }: Pick<PoolRecord, 'held'>,
  { remediation, attempt }: Pick<Hold, 'remediation' | 'attempt'>,
  names: Iterable<string>,
): [string, Hold][] {
  return [...names].flatMap((name): [string, Hold][] => {
    const hold = held[name];
    return hold?.remediation === remediation && hold.attempt <= attempt ? [[name, hold]] : [];
  });
}

/**
 * Removes targets from the holds. For disruptive holds a call that was not made is not spent, a failure counts for the breaker, and
 * the budget has room again.
 */
export function freeHolds(
  record: PoolRecord,
  own: readonly (readonly [string, Hold])[],
  freed: ReadonlyMap<string, Freed>,
  rules: Partial<Pick<PoolRules, 'breaker'>>,
  now: number,
): PoolRecord {
  if (own.length === 0) return record;
  const at = new Date(now).toISOString();
  const gone = new Map(own);
  const disruptive = own.filter(([, hold]) => hold.disruptive);
  let { spent } = record;
  for (const [node, { countedIn: from, countedBefore: to }] of disruptive)
    if (isUndone(freed.get(node)?.result)) spent = moveUnit(spent, { from, to }, now);
  const isNews = disruptive.length > 0 || own.some(([name]) => freed.get(name)?.isHistory);
  const changed: PoolRecord = {
    ...record,
    releases: record.releases + (isNews ? 1 : 0),
    ...(disruptive.length > 0 && { capacityChangedAt: at }),
    held: Object.fromEntries(Object.entries(record.held).filter(([name]) => !gone.has(name))),
    spent,
    updatedAt: at,
  };
  const results = disruptive.flatMap(([node]) => freed.get(node)?.result ?? []);
  return withResult(changed, results, rules, now);
}

/** Whether a call was not made after all, or had certainly no effect: it is not spent. */
export function isUndone(result: Result | undefined): boolean {
  return result === 'uncalled' || result === 'refused';
}

/** A remediation counts once, as a success or as a failure, however many nodes it has. */
function withResult(
  record: PoolRecord,
  results: readonly Result[],
  rules: Partial<Pick<PoolRules, 'breaker'>>,
  now: number,
): PoolRecord {
  if (results.includes('failed') || results.includes('refused')) return withFailure(record, rules, now);
  if (!results.includes('succeeded')) return record;
  return withoutBreaker(record, now);
}

/** Counts one more failed remediation, or call, in a pool. */
export function withFailure(
  record: PoolRecord,
  { breaker: limits = DEFAULT_BREAKER }: Partial<Pick<PoolRules, 'breaker'>>,
  now: number,
): PoolRecord {
  const before = record.breaker ?? { failures: 0, trips: 0, told: false };
  const failures = before.failures + 1;
  const isOpen = before.openUntil !== undefined && Date.parse(before.openUntil) > now;
  if (isOpen || (before.trips === 0 && failures < limits.failures))
    return { ...record, breaker: { ...before, failures } };
  const trips = before.trips + 1;
  const pauseMs = Math.min(limits.pauseMs * 2 ** (trips - 1), Math.max(MAX_PAUSE_MS, limits.pauseMs));
  const openUntil = new Date(now + pauseMs).toISOString();
  const openedAt = before.openedAt ?? new Date(now).toISOString();
  return { ...record, breaker: { failures, trips, openUntil, openedAt, told: trips > 1 && before.told } };
}
