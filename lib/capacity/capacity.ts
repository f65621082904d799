import type { Facts } from '#lib/guards/guard';
import type { PoolRecord, PoolSize } from '#lib/ledger/pool-record';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';
import { isUnreadable, type PoolNode } from '#lib/modelarts/replies/pool-node';
import type { Budget } from '#lib/rules/rules';
import { heldByOthers, isSlowed } from './pool-state.ts';

/**
 * Whether a node does its work: `Available`, with its driver running if the API shows one. An unreadable state counts as out
 * of service.
 *
 * Source: docs/design/modelarts-api.md, 2.2, `status.phase` and `status.driver.phase`.
 */
export function isAvailable(node: PoolNode): boolean {
  if (isUnreadable(node, 'phase') || isUnreadable(node, 'driverPhase')) return false;
  const { phase, driverPhase } = node;
  return phase === 'Available' && (driverPhase === undefined || driverPhase === 'Running');
}

/** Whether the API shows that a node is out of service. False for a node whose state is unknown. */
export function isOutOfService(node: PoolNode): boolean {
  return !isAvailable(node) && !isUnreadable(node, 'phase') && !isUnreadable(node, 'driverPhase');
}

/** The nodes of a pool, in a budget's count. An unseen node counts as out of service. */
export type Capacity = {
  /** Nodes in the reading, including unreadable ones. A share of a budget is a share of these. */
  seen: number;
  /** Names of the nodes that are out of service, as far as they are seen. */
  unavailable: readonly string[];
  /** Names of the nodes under a destructive call. */
  held: readonly string[];
  /** Unreadable entries of the reading, and known nodes of the pool that are missing from it. */
  unseen: number;
  /** How many of `unseen` are missing from the reading: the pool may have become smaller. */
  missing: number;
  /** How many nodes may be out of service at the same time. A share is at least one while two others are well. */
  limit: number;
  /** How many more nodes may be taken now, regardless of the wait list. */
  free: number;
  /**
   * How many nodes are out of service without a call. If they are more than `limit`, the next call for any of them would exceed
   * the budget, and waiting for other commands does not help. Nodes that are missing from this reading do not count here: another
   * reading may show them.
   */
  byThemselves: number;
};

const NO_OWN_SLOT = { remediation: '', node: '' };

/**
 * Counts a pool, for one node of a command. Pure. A held node that is missing from the reading counts once, by its name, and not as
 * unseen too.
 *
 * @param own the node, if its own slot does not count
 */
export function capacityOf(
  {
    reading,
    poolRecord,
    pool,
    target,
    node,
  }: Pick<Facts, 'reading' | 'poolRecord' | 'pool' | 'target' | 'node'>,
  now: number,
  own: { remediation: string; node: string } = NO_OWN_SLOT,
): Capacity {
  const { seen, missing, unreadable } = countOf(reading, poolRecord);
  const { available, unavailable } = sortedOut(reading.nodes);
  const outNow = namesIn(unavailable);
  const held = heldByOthers(poolRecord, own, now);
  const isSeen = (name: string): boolean => available.has(name) || outNow.has(name);
  const named = new Set([...held, own.node].filter((name) => name !== '' && !isSeen(name))).size;
  const unseen = Math.max(0, missing + unreadable - named);
  const busy = new Set([...held, node?.name ?? target]);
  const others = available.size - [...busy].filter((name) => available.has(name)).length;
  const limit = limitOf(pool.budget.maxUnavailable, seen, others);
  const isTakenSlowly = isSlowed(poolRecord, now) !== undefined;
  const unused = Math.max(limit - outWith({ unavailable, held, unseen }, []), 0);
  return {
    seen,
    unavailable,
    held,
    unseen,
    missing,
    limit,
    free: isTakenSlowly ? Number(held.length === 0) : unused,
    byThemselves:
      unavailable.length -
      [...new Set(held)].filter((name) => outNow.has(name)).length +
      Math.max(0, unseen - missing),
  };
}

/** How many nodes are out of service, or would be with these. */
export function outWith(
  { unavailable, held, unseen }: Pick<Capacity, 'unavailable' | 'held' | 'unseen'>,
  nodes: readonly string[],
): number {
  const outNow = namesIn(unavailable);
  const others = new Set([...held, ...nodes].filter((name) => !outNow.has(name)));
  return unavailable.length + others.size + unseen;
}

type SortedOut = { available: ReadonlySet<string>; unavailable: readonly string[] };

// A pool may have ten thousand nodes, and each guard of each command counts them.
const ofReadings = new WeakMap<readonly PoolNode[], SortedOut>();
const ofNames = new WeakMap<readonly string[], ReadonlySet<string>>();

/** The names of the nodes that are well, and of those that are out of service. */
function sortedOut(nodes: readonly PoolNode[]): SortedOut {
  const known = ofReadings.get(nodes);
  if (known) return known;
  const well = nodes.filter(isAvailable).map(({ name }) => name);
  const unavailable = nodes.filter((one) => !isAvailable(one)).map(({ name }) => name);
  const sorted = { available: new Set(well), unavailable };
  ofReadings.set(nodes, sorted);
  return sorted;
}

function namesIn(names: readonly string[]): ReadonlySet<string> {
  const known = ofNames.get(names) ?? new Set(names);
  ofNames.set(names, known);
  return known;
}

/** A budget as a number of nodes. A share is rounded down. */
export function budgetOf(budget: Budget, nodes: number): number {
  return 'count' in budget ? budget.count : Math.floor((budget.percent * nodes) / 100);
}

/** @param others how many nodes are well, besides those of calls */
function limitOf(budget: Budget, seen: number, others: number): number {
  const rounded = budgetOf(budget, seen);
  if (rounded > 0 || 'count' in budget || budget.percent === 0) return rounded;
  return others >= 2 ? 1 : 0;
}

/** How many nodes of a pool a reading does not show, or not readably. */
export function unseenIn(
  reading: Pick<PoolReading, 'nodes' | 'unreadable'>,
  poolRecord: Pick<PoolRecord, 'size'>,
): number {
  const { missing, unreadable } = countOf(reading, poolRecord);
  return missing + unreadable;
}

function countOf(
  reading: Pick<PoolReading, 'nodes' | 'unreadable'>,
  { size }: Pick<PoolRecord, 'size'>,
): { seen: number; missing: number; unreadable: number } {
  const unreadable = reading.unreadable?.nodes?.length ?? 0;
  const seen = reading.nodes.length + unreadable;
  return { seen, missing: Math.max(0, (size?.nodes ?? 0) - seen), unreadable };
}

/**
 * The size of a pool after one more reading. A larger size is believed at once. A smaller one is believed when two readings
 * at least `goneAfterMs` apart show it, with no larger one in between. An empty list is never believed.
 *
 * @param seen nodes in the reading, including unreadable ones
 * @param readAtMs epoch milliseconds
 * @param goneAfterMs of the rules' `waits`
 */
export function sizeAfter(
  known: PoolSize | undefined,
  seen: number,
  readAtMs: number,
  goneAfterMs: number,
): PoolSize | undefined {
  if (seen === 0) return known;
  const readAt = new Date(readAtMs).toISOString();
  if (!known || seen > known.nodes) return { nodes: seen, since: readAt };
  const { smaller: before, ...same } = known;
  if (seen === known.nodes) return same;
  const { nodes = seen, since = readAt } = before ?? {};
  const smaller = { nodes: Math.max(nodes, seen), since };
  const isBelieved = readAtMs - Date.parse(since) >= goneAfterMs;
  return isBelieved ? smaller : { ...same, smaller };
}

/**
 * Whether a reading is the second one that shows the pool's size, at least `goneAfterMs` after the first. The first reading of a pool
 * may be short, and nothing is known yet that it could be compared with.
 */
export function isSizeConfirmed({
  poolRecord: { size },
  readAtMs,
  waits,
}: Pick<Facts, 'poolRecord' | 'readAtMs' | 'waits'>): boolean {
  return size?.since === undefined || readAtMs - Date.parse(size.since) >= waits.goneAfterMs;
}

/** The time at which a pool with fewer nodes than known becomes credible, if it still shows them then. ISO 8601. */
export function sizeBelievedAt(
  { poolRecord: { size }, waits }: Pick<Facts, 'poolRecord' | 'waits'>,
  now: number,
): string {
  const since = size?.smaller ? Date.parse(size.smaller.since) : now;
  return new Date(Math.max(since + waits.goneAfterMs, now + 1_000)).toISOString();
}
