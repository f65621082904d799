import type { Guard } from '#lib/guards/guard';
import type { PoolRecord } from '#lib/ledger/pool-record';
import { withEnded } from './incidents.ts';

/**
 * After several failures in a row nothing is tried for a while, so that an action that does not help reaches no further nodes.
 */
export const breakerClosed: Guard = ({ poolRecord: { breaker } }, now) => {
  const guard = 'breaker';
  if (!breaker || breaker.failures === 0)
    return { guard, allowed: true, why: 'the last remediation of the pool did not fail' };
  const failures = describeFailures(breaker);
  if (breaker.openUntil === undefined || Date.parse(breaker.openUntil) <= now)
    return { guard, allowed: true, why: failures };
  return { guard, allowed: false, defers: true, until: breaker.openUntil, why: failures };
};

export function describeFailures({ failures }: NonNullable<PoolRecord['breaker']>): string {
  return `${failures} remediations or calls of the pool have failed in a row`;
}

/** The record without its breaker: a remediation has succeeded. People who know that it was open hear of the end. */
export function withoutBreaker({ breaker, ...record }: PoolRecord, now: number): PoolRecord {
  return breaker?.told && breaker.openedAt !== undefined
    ? withEnded(record, { incident: 'breaker', since: breaker.openedAt, until: new Date(now).toISOString() })
    : record;
}
