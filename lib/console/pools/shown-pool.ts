import { describeFailures } from '#lib/capacity/breaker';
import { dayOf, describeDay, describeOut } from '#lib/capacity/budget';
import { outWith } from '#lib/capacity/capacity';
import { heldByOthers, isSlowed } from '#lib/capacity/pool-state';
import { describeStorm, stormAt } from '#lib/capacity/storm';
import { describeHold } from '#lib/guards/history';
import { describePhase } from '#lib/guards/node';
import { isoTimeIn } from '#lib/rules/wall-clock';
import { windowAt } from '#lib/rules/window';
import type { PoolFacts } from './pool-facts.ts';
import { type ShownHold, showHold, standingOf } from './shown-node.ts';

/** Limit of the entries of each list in the view of a pool. */
const MAX_LISTED = 100;

/** Who took a node out of service. */
type Taker = 'poolkeeper' | 'others';
type OutOfService = { node: string; by: Taker; why: string; remediation?: string };

/** A pool as people see it; docs/reference/api.md describes each field. */
export type ShownPool = ReturnType<typeof showPool>;

/** A pool for people. Its numbers come from the functions that the guards use. Pure. */
export function showPool(facts: PoolFacts) {
  const { pool, reading, failing, waiting } = facts;
  const out = outOfService(facts);
  const slowed = isSlowed(facts.record, facts.now);
  return {
    id: pool.id,
    name: pool.name,
    ...(reading && { reading: { at: reading.at } }),
    ...(failing && { failing: { since: failing.since, why: failing.why } }),
    nodes: nodesByState(facts),
    outOfService: out.slice(0, MAX_LISTED),
    outOfServiceTotal: out.length,
    held: heldIn(facts),
    ...budgetIn(facts),
    ...stormIn(facts),
    ...breakerIn(facts),
    ...(slowed !== undefined && { slowed }),
    window: windowIn(facts),
    waiting: waiting.slice(0, MAX_LISTED).map(({ remediation, ...wait }) => ({
      remediation: remediation.id,
      action: remediation.action,
      ...wait,
      ...(remediation.why !== undefined && { why: remediation.why }),
    })),
    waitingTotal: waiting.length,
  };
}

/** The nodes of a pool by the API's phases, and by their states. Nodes that the reading hides have no phase. */
function nodesByState(facts: PoolFacts) {
  const { nodes = [], unreadable = 0 } = facts.reading ?? {};
  const phases = new Map<string, number>();
  const states = { well: 0, out: 0, held: 0, waiting: 0, cooldown: 0, broken: 0, unknown: 0 };
  for (const node of nodes) {
    if (node.phase !== '') phases.set(node.phase, (phases.get(node.phase) ?? 0) + 1);
    states[standingOf(node, facts).state] += 1;
  }
  // An unreadable entry may be one of the nodes that the reading does not show.
  const missing = nodes.filter((node) => node.missing !== undefined).length;
  const more = Math.max(0, unreadable - missing);
  states.unknown += more;
  return { total: nodes.length + more, phases: Object.fromEntries(phases), states };
}

/** The nodes that do no work: those with a call of Poolkeeper, and those that the reading shows so. */
function outOfService(facts: PoolFacts): OutOfService[] {
  const { record, now, shown, capacity, unrepaired } = facts;
  const held = new Set(capacity?.held ?? heldByOthers(record, { remediation: '', node: '' }, now));
  const own = [...held].flatMap((node) => {
    const hold = record.held[node];
    return hold ? outBy('poolkeeper', node, describeHold(hold, 'the node'), hold.remediation) : [];
  });
  const others = (capacity?.unavailable ?? []).flatMap((node) => {
    const seen = shown.get(node);
    return seen && !held.has(node)
      ? outBy('others', node, describePhase(seen), unrepaired.get(node)?.id)
      : [];
  });
  return [...own, ...others];
}

function outBy(by: Taker, node: string, why: string, remediation?: string): OutOfService {
  return { node, by, why, ...(remediation !== undefined && { remediation }) };
}

/** The holds of a pool, the oldest first. */
function heldIn({ record, now }: PoolFacts) {
  const nodePool = 'nodepool/';
  return Object.entries(record.held)
    .filter(([, { expiresAt }]) => Date.parse(expiresAt) > now)
    .toSorted(([, a], [, b]) => (a.since < b.since ? -1 : 1))
    .map(([name, hold]): ShownHold & ({ node: string } | { nodePool: string }) => ({
      ...(name.startsWith(nodePool) ? { nodePool: name.slice(nodePool.length) } : { node: name }),
      ...showHold(hold),
    }));
}

function budgetIn({ capacity, record, pool, now }: PoolFacts) {
  if (!capacity) return {};
  const out = outWith(capacity, []);
  const { limit, seen, free } = capacity;
  const day = dayOf(record, pool.budget.perDay, seen, now);
  return {
    budget: {
      limit,
      out,
      free,
      day: { limit: day.limit, spent: day.units, free: Math.max(0, day.limit - day.units) },
      why: `${describeOut(capacity, out, 'are')}; ${describeDay(day.units, seen, day.limit, 'have been')}`,
      ...(record.overBudget && { exceededSince: record.overBudget.since }),
    },
  };
}

function stormIn({ record, now }: PoolFacts) {
  const storm = stormAt(record, now);
  if (!storm) return {};
  const { since, until, nodes } = storm;
  return { storm: { since, until, nodes, why: describeStorm(storm) } };
}

/** `open`: nothing is called. `careful`: one node at a time, until a remediation succeeds. */
function breakerIn({ record: { breaker }, now }: PoolFacts) {
  if (!breaker || breaker.trips === 0) return {};
  const { failures, openedAt, openUntil } = breaker;
  const isOpen = openUntil !== undefined && Date.parse(openUntil) > now;
  return {
    breaker: {
      state: isOpen ? 'open' : 'careful',
      failures,
      ...(openedAt !== undefined && { openedAt }),
      ...(openUntil !== undefined && { openUntil }),
      why: describeFailures(breaker),
    },
  };
}

/** Whether the pool's windows allow work, and the next change, in the time zone of that window. */
function windowIn({ pool, now }: PoolFacts) {
  const state = windowAt(pool.windows, now);
  const next = state.open ? state.closesAt : state.opensAt;
  const { open, why, timezone } = state;
  return {
    open,
    why,
    ...(timezone !== undefined && { zone: timezone }),
    ...(next !== undefined && { next: isoTimeIn(timezone ?? 'UTC', Date.parse(next)) }),
  };
}
