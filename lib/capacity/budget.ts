import type { Facts, Guard, Verdict } from '#lib/guards/guard';
import type { Waiting } from '#lib/ledger/pool-record';
import type { Budget } from '#lib/rules/rules';
import { budgetOf, type Capacity, capacityOf, isOutOfService, outWith, sizeBelievedAt } from './capacity.ts';
import { countedHours, isCounted, returnsAtMs } from './day.ts';
import { countedHour } from './holds.ts';
import { currentWaiting, heldByOthers, isSlowed } from './pool-state.ts';

/** A budget that is always zero: waiting for a slot would not help. */
function isNone(budget: Budget): boolean {
  return 'count' in budget ? budget.count === 0 : budget.percent === 0;
}

/**
 * Never too many at once: the unavailable nodes (for any reason), the unseen ones, those under a destructive call, and this
 * one together do not exceed the pool's budget. It takes no slot that an older command waits for. A node that is known to be
 * out of service needs no slot, and its repair may make room for the older command.
 */
export const withinBudget: Guard = (facts, now) => {
  const { remediation, poolRecord, target, node, releasesBefore } = facts;
  const guard = 'budget';
  if (isNone(facts.pool.budget.maxUnavailable))
    return { guard, allowed: false, why: 'the rules file lets no node of the pool be taken out of service' };
  const name = node?.name ?? target;
  const capacity = capacityOf(facts, now, { remediation: remediation.id, node: name });
  const { held, unseen, missing, limit } = capacity;
  const out = outWith(capacity, [name]);
  const numbers = `with it ${describeOut(capacity, out, 'would be')}`;
  if (poolRecord.releases !== releasesBefore) return mustReadAgain(guard, 'the pool', now);
  if (out > limit) {
    // If only unseen nodes exceed the budget, another reading decides.
    const isDoubtful = missing > 0 && out - Math.min(unseen, missing) <= limit;
    const until = isDoubtful ? { until: sizeBelievedAt(facts, now) } : {};
    return { guard, allowed: false, defers: true, ...until, why: numbers };
  }
  // A command that needs more slots than there ever are blocks no other.
  const takesNone = held.includes(name) || (node !== undefined && isOutOfService(node));
  const before = takesNone ? [] : olderWaiting(facts, now).filter(({ places }) => places <= limit);
  const promised = before.reduce((sum, { places }) => sum + places, 0);
  const [oldest] = before;
  if (oldest === undefined || out + promised <= limit) return { guard, allowed: true, why: numbers };
  const behind = oldest.remediation;
  const why = `${numbers}; older commands wait for ${promised} of them, ${behind} first`;
  return { guard, allowed: false, defers: true, behind, why };
};

/** The verdict on facts from before a release. They may show the node as it was, or its history without its last call. */
export function mustReadAgain(guard: string, outdated: 'the pool' | 'their history', now: number): Verdict {
  const why = `nodes were released since ${outdated} was read: it must be read again`;
  return { guard, allowed: false, defers: true, until: new Date(now + 1_000).toISOString(), why };
}

/** The number of nodes out of service, the numbers behind it, and the limit. */
export function describeOut(
  { seen, missing, unavailable, held, unseen, limit }: Capacity,
  out: number,
  verb: 'are' | 'would be',
): string {
  const notSeen = unseen > 0 ? `, ${unseen} not seen` : '';
  const parts = `${unavailable.length} unavailable, ${held.length} being worked on${notSeen}`;
  return `${out} of ${seen + missing} nodes ${verb} out of service (${parts}); at most ${limit} may be`;
}

/** The older commands that wait for a slot in the pool, oldest first. */
function olderWaiting(
  { remediation: { id, createdAt }, poolRecord, waiting = [] }: Facts,
  now: number,
): Waiting[] {
  return currentWaiting(waiting, poolRecord, now)
    .filter(({ waitsFor, remediation }) => waitsFor === 'place' && remediation !== id)
    .filter(
      (other) => other.createdAt < createdAt || (other.createdAt === createdAt && other.remediation < id),
    );
}

/**
 * Never too many in a day: this node and those with a destructive call within the last 24 hours. The ledger counts these by the hour.
 * A unit returns when its whole hour is a day ago.
 */
export const withinDailyBudget: Guard = (facts, now) => {
  const { poolRecord, node, pool, releasesBefore } = facts;
  const guard = 'budget-per-day';
  // An address that now stands for no node is no further node.
  if (!node) return { guard, allowed: true, why: 'there is no node to count' };
  const { seen } = capacityOf(facts, now);
  const { limit, units, hours } = dayOf(poolRecord, pool.budget.perDay, seen, now);
  const known = { countedBefore: facts.record?.countedIn };
  const isAmong = countedHour(poolRecord.held[node.name], known, now) !== undefined;
  const nodes = units + (isAmong ? 0 : 1);
  const why = `with it ${describeDay(nodes, seen, limit, 'would have been')}`;
  if (isAmong || nodes <= limit) return { guard, allowed: true, why };
  const [oldest] = hours;
  if (oldest === undefined || limit === 0) return { guard, allowed: false, why };
  // A release moves a node from the holds to its history, and without either the node would count twice.
  if (poolRecord.releases !== releasesBefore) return mustReadAgain(guard, 'the pool', now);
  // A planned call may still come to nothing, and then it is not spent.
  if (Object.values(poolRecord.held).some(({ countedIn }) => isCounted(countedIn, now)))
    return { guard, allowed: false, defers: true, why };
  const until = new Date(returnsAtMs(oldest)).toISOString();
  return { guard, allowed: false, defers: true, until, why };
};

/** The budget of the last day: its limit, the units that count, and their hours, oldest first. `seen`: nodes in the reading. */
export function dayOf(
  { spent }: Pick<Facts['poolRecord'], 'spent'>,
  budget: Budget,
  seen: number,
  now: number,
): { limit: number; units: number; hours: string[] } {
  const hours = countedHours(spent, now);
  const units = hours.reduce((sum, hour) => sum + (spent[hour] ?? 0), 0);
  return { limit: perDay(budget, seen), units, hours };
}

/** The number of nodes that were worked on within a day, of all nodes, and the limit. */
export function describeDay(
  nodes: number,
  seen: number,
  limit: number,
  verb: 'have been' | 'would have been',
): string {
  return `${nodes} of ${seen} nodes ${verb} worked on within a day; at most ${limit} may be`;
}

/** How many nodes may be worked on in a day. A share is at least one, unless it is zero. */
export function perDay(budget: Budget, nodes: number): number {
  const rounded = budgetOf(budget, nodes);
  return 'percent' in budget && budget.percent > 0 ? Math.max(rounded, 1) : rounded;
}

/** After a storm, and while the breaker is half-open, one node of the pool at a time: the oldest command's. */
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
  const [oldest] = node && isOutOfService(node) ? [] : olderWaiting(facts, now);
  if (oldest === undefined)
    return { guard, allowed: true, why: `${slowed}, and no other is being worked on` };
  return {
    guard,
    allowed: false,
    defers: true,
    behind: oldest.remediation,
    why: `${slowed}; ${oldest.remediation} has waited for longer`,
  };
};
