import type { PoolRecord } from '#lib/ledger/pool-record';

const HOUR_MS = 3_600_000;

/** A unit counts for 24 hours after the end of the hour in which it was spent, and so never for less than a day. */
const COUNTED_MS = 25 * HOUR_MS;

/** The units of a day's budget, by the hours in which they were spent. */
export type Spent = PoolRecord['spent'];

/** The hour of a time, as its beginning. ISO 8601. */
export function hourOf(now: number): string {
  return new Date(Math.floor(now / HOUR_MS) * HOUR_MS).toISOString();
}

/** The time at which the units of an hour return, epoch milliseconds. */
export function returnsAtMs(hour: string): number {
  return Date.parse(hour) + COUNTED_MS;
}

/** Whether the units of an hour still count. */
export function isCounted(hour: string | undefined, now: number): hour is string {
  return hour !== undefined && now < returnsAtMs(hour);
}

/** The hours whose units still count, oldest first. */
export function countedHours(spent: Spent, now: number): string[] {
  return Object.keys(spent)
    .filter((hour) => isCounted(hour, now))
    .toSorted();
}

/**
 * Moves one unit from an hour to another, so that a node counts once. `from` undefined: a new unit. `to` undefined: the unit is no
 * longer spent. Hours that no longer count are dropped.
 */
export function moveUnit(
  spent: Spent,
  { from, to }: { from: string | undefined; to: string | undefined },
  now: number,
): Spent {
  const counts = new Map(countedHours(spent, now).map((hour) => [hour, spent[hour] ?? 0]));
  if (from !== undefined) counts.set(from, (counts.get(from) ?? 0) - 1);
  if (isCounted(to, now)) counts.set(to, (counts.get(to) ?? 0) + 1);
  return Object.fromEntries([...counts].filter(([, units]) => units > 0));
}
