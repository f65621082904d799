import type { Waiting } from '#lib/ledger/pool-record';
import { isUnreadable, type PoolNode } from '#lib/modelarts/replies/pool-node';
import type { Budget } from '#lib/rules/rules';
import type { Facts, Guard } from './guard.ts';
import { aliveWaiting, heldByOthers, isSlowed } from './pool-state.ts';

/** What is spent of a day's budget comes back after a day. */
export const DAY_MS = 24 * 3_600_000;

/** Of a pool whose rules were compiled without: the vendor's own limits for replacing nodes (docs/modelarts-api.md, 1.3). */
const DEFAULT_MAX_UNAVAILABLE: Budget = { percent: 5 };
const DEFAULT_PER_DAY: Budget = { percent: 20 };

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

/** A budget as a number of nodes: a share is rounded down. */
export function budgetOf(budget: Budget, nodes: number): number {
  return 'count' in budget ? budget.count : Math.floor((budget.percent * nodes) / 100);
}

/** A budget that is never more than nothing: waiting for a place would not help. */
function isNone(budget: Budget): boolean {
  return 'count' in budget ? budget.count === 0 : budget.percent === 0;
}

/** How many nodes of a pool may be out of service at the same time: a share is at least one while two others are well. */
export function maxUnavailable(
  { pool: { budget }, poolRecord, reading: { nodes }, target, node }: Facts,
  now: number,
): number {
  const limit = budget?.maxUnavailable ?? DEFAULT_MAX_UNAVAILABLE;
  const rounded = budgetOf(limit, nodes.length);
  if (rounded > 0 || 'count' in limit || limit.percent === 0) return rounded;
  const name = node?.name ?? target;
  const held = new Set(heldByOthers(poolRecord, { remediation: '', node: '' }, now));
  const well = nodes.filter((other) => other.name !== name && !held.has(other.name) && isAvailable(other));
  return well.length >= 2 ? 1 : 0;
}

/**
 * Never too many at once: the nodes that are unavailable for whatever reason, those under a destructive call, and this one
 * are together no more than the pool's budget. A place that an older command waits for is not taken; a node that is out of
 * service already takes none, and mending it may be what makes room for the older one.
 */
export const withinBudget: Guard = (facts, now) => {
  const { remediation, reading, poolRecord, target, node, releasesBefore } = facts;
  const guard = 'budget';
  if (isNone(facts.pool.budget?.maxUnavailable ?? DEFAULT_MAX_UNAVAILABLE))
    return { guard, allowed: false, why: 'the rules file lets no node of the pool be taken out of service' };
  const name = node?.name ?? target;
  const limit = maxUnavailable(facts, now);
  const unavailable = reading.nodes.filter((other) => !isAvailable(other)).map((other) => other.name);
  const held = heldByOthers(poolRecord, { remediation: remediation.id, node: name }, now);
  const without = new Set([...unavailable, ...held]);
  const out = new Set([...without, name]);
  const numbers = `with it ${out.size} of ${reading.nodes.length} nodes would be out of service (${unavailable.length} unavailable, ${held.length} being worked on); at most ${limit} may be`;
  if (poolRecord.releases !== releasesBefore) {
    const why = 'nodes were given back since the pool was read: it has to be read again';
    return { guard, allowed: false, defers: true, until: new Date(now + 1_000).toISOString(), why };
  }
  if (out.size > limit) return { guard, allowed: false, defers: true, why: numbers };
  // One that needs more places than there ever are keeps nobody else waiting.
  const before = without.has(name) ? [] : olderWaiting(facts, now).filter(({ places }) => places <= limit);
  const promised = before.reduce((sum, { places }) => sum + places, 0);
  if (out.size + promised <= limit) return { guard, allowed: true, why: numbers };
  const why = `${numbers}; older commands wait for ${promised} of them, ${before[0]?.remediation} first`;
  return { guard, allowed: false, defers: true, why };
};

/**
 * How many nodes are out of service though nothing is being done to them. More than `limit`: whichever of them were taken, the
 * budget would be exceeded, and waiting for other commands does not help.
 */
export function outByThemselves(facts: Facts, now: number): { unavailable: number; limit: number } {
  const { reading, poolRecord } = facts;
  const held = new Set(heldByOthers(poolRecord, { remediation: '', node: '' }, now));
  const unavailable = reading.nodes.filter((other) => !isAvailable(other) && !held.has(other.name));
  return { unavailable: unavailable.length, limit: maxUnavailable(facts, now) };
}

/** The commands that wait for a place in the pool and were there before this one, oldest first. */
function olderWaiting({ remediation: { id, createdAt }, poolRecord }: Facts, now: number): Waiting[] {
  return aliveWaiting(poolRecord, now)
    .filter(({ waitsFor, remediation }) => waitsFor === 'place' && remediation !== id)
    .filter(
      (other) => other.createdAt < createdAt || (other.createdAt === createdAt && other.remediation < id),
    );
}

/** Never too many in a day: this node and those for which a destructive call was made within the last 24 hours. */
export const withinDailyBudget: Guard = (facts, now) => {
  const { reading, poolRecord, node, pool } = facts;
  const guard = 'budget-per-day';
  // An address that stands for no node now is not one more node.
  if (!node) return { guard, allowed: true, why: 'there is no node to count' };
  const limit = perDay(pool.budget?.perDay ?? DEFAULT_PER_DAY, reading.nodes.length);
  const today = poolRecord.spent.filter(({ at }) => now - Date.parse(at) < DAY_MS);
  const nodes = new Set(today.map((entry) => entry.node));
  const isAmong = nodes.has(node.name);
  nodes.add(node.name);
  const why = `with it ${nodes.size} of ${reading.nodes.length} nodes would have been worked on within a day; at most ${limit} may be`;
  if (isAmong || nodes.size <= limit) return { guard, allowed: true, why };
  const oldest = today.map(({ at }) => Date.parse(at)).toSorted((a, b) => a - b)[0];
  if (oldest === undefined || limit === 0) return { guard, allowed: false, why };
  // A call that is yet to be made may come to nothing, and then it is not spent.
  if (today.some((entry) => poolRecord.held[entry.node] !== undefined))
    return { guard, allowed: false, defers: true, why };
  return { guard, allowed: false, defers: true, until: new Date(oldest + DAY_MS).toISOString(), why };
};

/** How many nodes may be worked on in a day: a share is at least one, unless it is none. */
export function perDay(budget: Budget, nodes: number): number {
  const rounded = budgetOf(budget, nodes);
  return 'percent' in budget && budget.percent > 0 ? Math.max(rounded, 1) : rounded;
}

/** After a storm, and while it is not known whether remediations succeed again, one node of the pool at a time: the oldest command's. */
export const oneNodeAtATime: Guard = (facts, now) => {
  const { remediation, poolRecord, target, node } = facts;
  const guard = 'one-node-at-a-time';
  const slowed = isSlowed(poolRecord, now);
  if (slowed === undefined) return { guard, allowed: true, why: 'the pool is not being taken slowly' };
  const held = heldByOthers(poolRecord, { remediation: remediation.id, node: node?.name ?? target }, now);
  const [other] = held;
  if (other !== undefined) {
    const isOwn = poolRecord.held[other]?.remediation === remediation.id;
    const why = isOwn ? `${other} of this command goes first` : `${other} is being worked on`;
    return { guard, allowed: false, defers: true, why: `${slowed}; ${why}` };
  }
  const [oldest] = node && !isAvailable(node) ? [] : olderWaiting(facts, now);
  if (oldest === undefined)
    return { guard, allowed: true, why: `${slowed}, and no other is being worked on` };
  return {
    guard,
    allowed: false,
    defers: true,
    why: `${slowed}; ${oldest.remediation} has waited for longer`,
  };
};

/** How many more nodes of the pool could be taken right now, whoever waits for them. */
export function freePlaces(facts: Facts, now: number): number {
  const { reading, poolRecord } = facts;
  const held = heldByOthers(poolRecord, { remediation: '', node: '' }, now);
  if (isSlowed(poolRecord, now) !== undefined) return held.length === 0 ? 1 : 0;
  const unavailable = reading.nodes.filter((other) => !isAvailable(other)).map(({ name }) => name);
  return Math.max(maxUnavailable(facts, now) - new Set([...unavailable, ...held]).size, 0);
}
