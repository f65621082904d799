import type { Facts } from '#lib/guards/guard';
import type { PoolRecord, PoolSize } from '#lib/ledger/pool-record';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';
import { isUnreadable, type PoolNode } from '#lib/modelarts/replies/pool-node';
import { heldByOthers } from './pool-state.ts';

/**
 * Whether a node does its work: `Available`, with its driver running where the API shows one. What cannot be read counts as
 * out of service.
 *
 * Source: docs/modelarts-api.md, 2.2, `status.phase` and `status.driver.phase`.
 */
export function isAvailable(node: PoolNode): boolean {
  if (isUnreadable(node, 'phase') || isUnreadable(node, 'driverPhase')) return false;
  const { phase, driverPhase } = node;
  return phase === 'Available' && (driverPhase === undefined || driverPhase === 'Running');
}

/** Whether the API shows that a node is out of service. Of one of which it shows too little, nobody knows. */
export function isOutOfService(node: PoolNode): boolean {
  return !isAvailable(node) && !isUnreadable(node, 'phase') && !isUnreadable(node, 'driverPhase');
}

/** The nodes of a pool, as a budget counts them. What is not seen counts as out of service. */
export type Capacity = {
  /** Nodes in the reading, those among them that cannot be read too. A share of a budget is of these. */
  seen: number;
  /** Names of the nodes that are out of service, as far as they are seen. */
  unavailable: readonly string[];
  /** Names of the nodes under a destructive call. */
  held: readonly string[];
  /** Entries of the reading that cannot be read, and nodes that the pool was known to have and the reading does not show. */
  unseen: number;
  /** How many of `unseen` the reading does not show at all: it may be that the pool has become smaller. */
  missing: number;
};

/**
 * Counts a pool. A node that is held and not in the reading is counted once, by its name, and not as unseen besides.
 *
 * @param own a node of a command, whose own place is not counted
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
 * The size of a pool after one more reading. A larger one is believed at once, a smaller one when two readings that lie
 * `goneAfterMs` or more apart show it, with no larger one in between; an empty list never.
 *
 * @param seen nodes in the reading, those that cannot be read too
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

/** When a pool that shows fewer nodes than it is known to have may be believed, if it still shows them then. ISO 8601. */
export function sizeBelievedAt(
  { poolRecord: { size }, waits }: Pick<Facts, 'poolRecord' | 'waits'>,
  now: number,
): string {
  const since = size?.smaller ? Date.parse(size.smaller.since) : now;
  return new Date(Math.max(since + waits.goneAfterMs, now + 1_000)).toISOString();
}
