import type { Facts } from '#lib/guards/guard';
import { type PoolRecord, updatePoolRecord } from '#lib/ledger/pool-record';
import type { RemediationServices } from '#lib/remediation/record/services';
import { capacityOf } from './capacity.ts';
import { tellIncidents, withEnded } from './incidents.ts';

/** After this long without a reading that shows it, it counts as over: no command waits for its end any more. */
const FORGOTTEN_MS = 3_600_000;

/** Shortest time between two records that it still holds. */
const SEEN_EVERY_MS = 10 * 60_000;

/**
 * Records that more nodes of a pool are out of service by themselves than its budget allows, or that this is over. No action
 * of Poolkeeper would help then, so a person hears of it at once, and not only when the evidence of the waiting commands is
 * too old.
 *
 * @param facts of the judged targets, of one pool. `isWaiting`: whether any of them must wait.
 */
export async function reportOverBudget(
  pool: string,
  { facts, isWaiting }: { facts: readonly Facts[]; isWaiting: boolean },
  poolRecord: PoolRecord,
  services: RemediationServices,
): Promise<void> {
  const { store, clock } = services;
  const now = clock.now();
  // A node that was released after the reading may be well by now.
  const current = facts.filter((fact) => poolRecord.releases === fact.releasesBefore);
  const stuck = current
    .map((fact) => capacityOf({ ...fact, poolRecord }, now))
    .map(({ byThemselves, limit }) => ({ unavailable: byThemselves, limit }))
    .find(({ unavailable, limit }) => unavailable > limit);
  if (current.length === 0 || (stuck && !isWaiting) || !changed(poolRecord, stuck, now)) return;
  const { value } = await updatePoolRecord(store, pool, now, (stored) => changed(stored, stuck, now));
  await tellIncidents(value, services);
}

/** Undefined: nothing has changed. */
function changed(
  record: PoolRecord,
  stuck: { unavailable: number; limit: number } | undefined,
  now: number,
): PoolRecord | undefined {
  const { overBudget } = record;
  const at = new Date(now).toISOString();
  if (!stuck) return overBudget && { ...withoutOverBudget(record, now), updatedAt: at };
  const seenMs = overBudget && now - Date.parse(overBudget.seenAt);
  if (seenMs !== undefined && seenMs < SEEN_EVERY_MS) return undefined;
  const isKnown = seenMs !== undefined && seenMs < FORGOTTEN_MS;
  const before = isKnown && overBudget ? overBudget : { since: at, told: false };
  return { ...record, overBudget: { ...before, ...stuck, seenAt: at }, updatedAt: at };
}

/** Whether people know that a pool is over its budget, and no reading has shown it for long. */
export function isLongUnseen({ overBudget }: Pick<PoolRecord, 'overBudget'>, now: number): boolean {
  return overBudget?.told === true && now - Date.parse(overBudget.seenAt) >= FORGOTTEN_MS;
}

/** The record of a pool that is not over its budget any more. People who know that it was hear of the end. */
export function withoutOverBudget({ overBudget, ...record }: PoolRecord, now: number): PoolRecord {
  const until = new Date(now).toISOString();
  return overBudget?.told
    ? withEnded(record, { incident: 'over-budget', since: overBudget.since, until })
    : record;
}
