import * as z from 'zod';
import { SaneTime } from '#lib/bounds';
import type { Remediation } from '#lib/ledger/remediation';
import type { RemediationState } from '#lib/rules/state';

export const StatsQuery = z.strictObject({
  /** The first and the last time of acceptance. @default the last seven days */
  since: SaneTime.optional(),
  until: SaneTime.optional(),
  by: z.enum(['rule', 'action', 'pool', 'day']).default('rule'),
  /** By its name in the rules file, or its id. */
  pool: z.string().min(1).max(200).optional(),
});
export type StatsQuery = z.output<typeof StatsQuery>;

/** Percentiles in seconds, by the nearest rank, over `count` remediations. */
export type Percentiles = { count: number; p50: number; p95: number };

/** The outcomes of the remediations with one key. `key`: null for those that have none, such as a command without a rule. */
export type StatsGroup = {
  key: string | null;
  total: number;
  outcomes: Partial<Record<RemediationState, number>>;
  /**
   * From the beginning, which is the alert's own if an alert caused it, and the acceptance otherwise. `toDecision`: until the command was
   * accepted, for alerts alone. `toCall`: until its last call. `toHealthy`: until its success.
   */
  seconds: Partial<Record<'toDecision' | 'toCall' | 'toHealthy', Percentiles>>;
  /** The remediations that succeeded, by their rung, counted from 1. */
  helpedAtRung: Partial<Record<string, number>>;
  /** The remediations without a call whose alerts have all resolved. */
  resolvedByItself: number;
};

/** The remediations in groups, the largest group first; days from the oldest on. */
export function statsOf(
  remediations: readonly Remediation[],
  by: StatsQuery['by'],
  poolName: (id: string) => string,
): StatsGroup[] {
  const groups = Map.groupBy(remediations, (one) => keyOf(one, by, poolName));
  const stats = Array.from(groups, ([key, members]) => groupOf(key, members));
  return by === 'day'
    ? stats.toSorted((one, other) => ((one.key ?? '') < (other.key ?? '') ? -1 : 1))
    : stats.toSorted((one, other) => other.total - one.total);
}

function keyOf(
  { rule, action, pool, createdAt }: Remediation,
  by: StatsQuery['by'],
  poolName: (id: string) => string,
): string | null {
  switch (by) {
    case 'rule':
      return rule ?? null;
    case 'action':
      return action;
    case 'pool':
      return poolName(pool);
    case 'day':
      return createdAt.slice(0, 'YYYY-MM-DD'.length);
  }
}

function groupOf(key: string | null, members: readonly Remediation[]): StatsGroup {
  const helped = members.filter(({ state, ladder }) => state === 'succeeded' && ladder);
  return {
    key,
    total: members.length,
    outcomes: countBy(members, ({ state }) => state),
    seconds: {
      ...percentilesOf('toDecision', members, decidedAt),
      ...percentilesOf('toCall', members, ({ intendedAt }) => intendedAt),
      ...percentilesOf('toHealthy', members, healthyAt),
    },
    helpedAtRung: countBy(helped, ({ ladder }) => String((ladder?.rung ?? 0) + 1)),
    resolvedByItself: members.filter(hasResolvedByItself).length,
  };
}

function decidedAt({ alerts, createdAt }: Remediation): string | undefined {
  return alerts.length > 0 ? createdAt : undefined;
}

function healthyAt({ state, stateSince, updatedAt }: Remediation): string | undefined {
  return state === 'succeeded' ? (stateSince ?? updatedAt) : undefined;
}

function hasResolvedByItself({ state, alerts, resolvedAlerts = {}, callId }: Remediation): boolean {
  return (
    state === 'skipped' &&
    callId === undefined &&
    alerts.length > 0 &&
    alerts.every(({ fingerprint }) => fingerprint in resolvedAlerts)
  );
}

/** The beginning of a remediation, in epoch milliseconds. A sender's clock may be ahead: no beginning is after the acceptance. */
function beginningOf({ alerts, createdAt }: Remediation): number {
  return Math.min(Date.parse(createdAt), ...alerts.map(({ startsAt }) => Date.parse(startsAt)));
}

function percentilesOf(
  name: keyof StatsGroup['seconds'],
  members: readonly Remediation[],
  end: (remediation: Remediation) => string | undefined,
): StatsGroup['seconds'] {
  const spans = members
    .flatMap((one) => {
      const at = end(one);
      return at === undefined ? [] : [Math.max(0, Date.parse(at) - beginningOf(one)) / 1000];
    })
    .toSorted((one, other) => one - other);
  const ranked = (share: number) => spans[Math.max(0, Math.ceil(share * spans.length) - 1)] ?? 0;
  return spans.length === 0 ? {} : { [name]: { count: spans.length, p50: ranked(0.5), p95: ranked(0.95) } };
}

function countBy<Value, Key extends string>(
  values: readonly Value[],
  keyOfValue: (value: Value) => Key,
): Partial<Record<Key, number>>;
function countBy<Value>(values: readonly Value[], keyOfValue: (value: Value) => string) {
  const groups = Map.groupBy(values, keyOfValue);
  return Object.fromEntries(Array.from(groups, ([key, members]) => [key, members.length]));
}
