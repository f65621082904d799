import type { Held, PoolRecord } from '#lib/ledger/pool-record';
import type { PoolRules } from '#lib/rules/rules';
import { DAY_MS } from './budget.ts';

/** Longest pause of a pool whose failures pile up. */
const MAX_PAUSE_MS = 3_600_000;

/** For a pool that is no longer in the rules file. */
const DEFAULT_BREAKER = { failures: 5, pauseMs: 10 * 60_000 };

/**
 * Adds nodes to the slots of a remediation and spends them from its pool's day budget. Its command waits no longer. A node
 * that it already holds counts once, from now on.
 */
export function takeSlots(
  record: PoolRecord,
  nodes: Readonly<Record<string, Held>>,
  now: number,
): PoolRecord {
  const at = new Date(now).toISOString();
  // A slot of an attempt that came to nothing counts from the attempt that makes the call.
  const spent = record.spent
    .filter((entry) => now - Date.parse(entry.at) < DAY_MS)
    .filter((entry) => nodes[entry.node]?.remediation !== entry.remediation);
  for (const [node, { remediation }] of Object.entries(nodes)) spent.push({ node, remediation, at });
  const served = new Set(Object.values(nodes).map(({ remediation }) => remediation));
  const waiting = record.waiting.filter(({ remediation }) => !served.has(remediation));
  // The attempt that writes later may be the earlier one.
  const held = Object.entries(nodes).map(([node, place]) => {
    const before = record.held[node];
    const isOwn = before?.remediation === place.remediation;
    return [node, isOwn ? { ...place, attempt: Math.max(place.attempt, before.attempt) } : place];
  });
  return {
    ...record,
    held: { ...record.held, ...Object.fromEntries(held) },
    spent,
    waiting,
    ...(waiting.length < record.waiting.length && { movedAt: at }),
    updatedAt: at,
  };
}

/**
 * The result for a released node. `uncalled`: no call after all. `refused`: the API refused it. `released`: a person says
 * that it is free.
 */
export type ReleaseReason = 'succeeded' | 'failed' | 'uncalled' | 'refused' | 'released';

/**
 * Removes nodes from the slots of a remediation. A call that was not made is not spent, and a failure counts for the
 * breaker. Nodes that it does not hold, or that a later attempt has taken, change nothing.
 */
export function freeSlots(
  record: PoolRecord,
  { remediation, attempt }: Pick<Held, 'remediation' | 'attempt'>,
  nodes: ReadonlyMap<string, ReleaseReason>,
  rules: Partial<Pick<PoolRules, 'breaker'>>,
  now: number,
): PoolRecord {
  const own = [...nodes].filter(([node]) => {
    const held = record.held[node];
    return held?.remediation === remediation && held.attempt <= attempt;
  });
  if (own.length === 0) return record;
  const gone = new Map(own);
  const changed: PoolRecord = {
    ...record,
    releases: record.releases + 1,
    movedAt: new Date(now).toISOString(),
    held: Object.fromEntries(Object.entries(record.held).filter(([node]) => !gone.has(node))),
    spent: record.spent.filter(
      ({ node, remediation: by }) => by !== remediation || !isUndone(gone.get(node)),
    ),
    updatedAt: new Date(now).toISOString(),
  };
  return withResult(
    changed,
    own.map(([, left]) => left),
    rules,
    now,
  );
}

function isUndone(left: ReleaseReason | undefined): boolean {
  return left === 'uncalled' || left === 'refused';
}

/** A remediation counts once, as a success or as a failure, however many nodes it has. */
function withResult(
  record: PoolRecord,
  lefts: readonly ReleaseReason[],
  rules: Partial<Pick<PoolRules, 'breaker'>>,
  now: number,
): PoolRecord {
  if (lefts.includes('failed') || lefts.includes('refused')) return withFailure(record, rules, now);
  if (!lefts.includes('succeeded')) return record;
  const { breaker: _closed, ...rest } = record;
  return rest;
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
