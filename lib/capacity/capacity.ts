import type { Facts } from '#lib/guards/guard';
import type { PoolRecord, PoolSize } from '#lib/ledger/pool-record';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';
import { isUnreadable, type PoolNode } from '#lib/modelarts/replies/pool-node';
import { heldByOthers } from './pool-state.ts';

/**
 * Whether a node does its work: `Available`, with its driver running if the API shows one. An unreadable state counts as out
 * of service.
 *
 * Source: docs/modelarts-api.md, 2.2, `status.phase` and `status.driver.phase`.
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
};

/**
 * Counts a pool. A held node that is missing from the reading counts once, by its name, and not as unseen too.
 *
 * @param own a node of a command, whose own slot is not counted
 */
export function capacityOf(
  { reading, poolRecord }: Pick<Facts, 'reading' | 'poolRecord'>,
  own: { remediation: string; node: string },
  now: number,
): Capacity {
  const { seen, missing, unreadable } = countOf(reading, poolRecord);
  const names = new Set(reading.nodes.map(({ name }) => name));
  const held = heldByOthers(poolRecord, own, now);
  const named = new Set([...held, own.node].filter((name) => name !== '' && !names.has(name))).size;
  return {
    seen,
    unavailable: reading.nodes.filter((node) => !isAvailable(node)).map(({ name }) => name),
    held,
    unseen: Math.max(0, missing + unreadable - named),
    missing,
  };
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
  if (!known || seen >= known.nodes) return { nodes: seen };
  const { nodes = seen, since = new Date(readAtMs).toISOString() } = known.smaller ?? {};
  const smaller = { nodes: Math.max(nodes, seen), since };
  const isBelieved = readAtMs - Date.parse(since) >= goneAfterMs;
  return isBelieved ? { nodes: smaller.nodes } : { ...known, smaller };
}

/** The time at which a pool with fewer nodes than known becomes credible, if it still shows them then. ISO 8601. */
export function sizeBelievedAt(
  { poolRecord: { size }, waits }: Pick<Facts, 'poolRecord' | 'waits'>,
  now: number,
): string {
  const since = size?.smaller ? Date.parse(size.smaller.since) : now;
  return new Date(Math.max(since + waits.goneAfterMs, now + 1_000)).toISOString();
}
