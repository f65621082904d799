import { hourOf } from '#lib/capacity/day';
import { poolGuards } from '#lib/capacity/pool-guards';
import { type Facts, type Guard, type Verdict } from '#lib/guards/guard';
import { nodeHistoryGuards } from '#lib/guards/node-history';
import { outOfServiceGuards } from '#lib/guards/out-of-service';
import { asPassing } from '#lib/guards/passing';
import { windowOpen } from '#lib/guards/window';
import type { NodeRecord } from '#lib/ledger/node-record';
import { emptyPoolRecord, type PoolRecord } from '#lib/ledger/pool-record';
import type { Remediation } from '#lib/ledger/remediation';
import { namedNode } from '#lib/modelarts/reading/named-node';
import { BATCH } from '#lib/modelarts/reading/supernodes';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { guardsOf } from '#lib/remediation/planning/disruption';
import { limitsOf } from '#lib/remediation/record/limits';
import type { PoolRules, Rules } from '#lib/rules/rules';
import { windowAt } from '#lib/rules/window';
import { type Explained, explained } from './definitions.ts';
import type { PoolState, StateNode } from './pool-state.ts';

/** The answer of a guard at this time. `unknown`: it rests on facts that are not known here. */
export type GuardAnswer = {
  guard: string;
  answer: 'allows' | 'waits' | 'refuses' | 'hands-over' | 'unknown';
  why: string;
};

const HOUR_MS = 3_600_000;

/** Guards that need no reading of the pool. */
const WITHOUT_READING: readonly Guard[] = [windowOpen];

/** Guards that rest on the nodes of the pool alone. */
const OF_NODES = new Set<Guard>([...outOfServiceGuards, ...poolGuards]);

/** The names of the guards that rest on the ledger's history of the node. */
const OF_HISTORY: readonly string[] = ['cooldown', 'newer-than-last-remediation', 'node-ladder', 'rounds'];

/**
 * The verdicts of all guards of a command on a given state of its pool, by the guards themselves. Without a state only the windows are
 * known. Pure.
 *
 * @param now epoch milliseconds
 */
export function guardAnswers(
  remediation: Remediation,
  { rules, pool }: { rules: Rules; pool: PoolRules },
  state: PoolState | undefined,
  now: number,
): GuardAnswer[] {
  if (remediation.action === 'notify') return [];
  const definition = explained[remediation.action];
  const facts = factsFrom(remediation, { rules, pool }, state, now);
  return guardsOf(definition, remediation).map((guard) => {
    const verdict = asPassing(guard(facts, now), facts, now);
    const unknown = whyUnknown(guard, verdict, { definition, facts, state });
    if (unknown !== undefined) return { guard: verdict.guard, answer: 'unknown', why: unknown };
    return { guard: verdict.guard, answer: answerOf(verdict), why: verdict.why };
  });
}

function answerOf({ allowed, handsOver, defers }: Verdict): GuardAnswer['answer'] {
  if (allowed) return 'allows';
  if (handsOver) return 'hands-over';
  return defers ? 'waits' : 'refuses';
}

/** Why a guard's verdict on these facts would say nothing. Undefined: it says what the function would say. */
function whyUnknown(
  guard: Guard,
  { guard: name }: Verdict,
  { definition, facts, state }: { definition: Explained; facts: Facts; state: PoolState | undefined },
): string | undefined {
  if (
    WITHOUT_READING.includes(guard) ||
    name === 'window' ||
    name === 'evidence-age' ||
    name === 'alert-firing'
  )
    return undefined;
  if (!state) return 'needs the state of the pool. Give --pool, or start the system';
  const isOwn = !OF_NODES.has(guard) && !nodeHistoryGuards.includes(guard);
  if (definition.readsMore && isOwn)
    return 'needs more of the API than a list of nodes. Only the function that acts reads that';
  if (facts.remediation.nodes === undefined)
    return 'is about the node pool. Only the function that acts reads that';
  if (OF_HISTORY.includes(name) && !state.knowsHistory)
    return `needs the history of the node, which ${state.origin} does not have`;
  const isUnread = name === 'no-workload' && !facts.workloads && !facts.limits.interruptWorkloads;
  return isUnread && facts.node
    ? 'needs the workloads of the node. Only the function that acts reads them, right before the call'
    : undefined;
}

function factsFrom(
  remediation: Remediation,
  { rules, pool }: { rules: Rules; pool: PoolRules },
  state: PoolState | undefined,
  now: number,
): Facts {
  const [target = ''] = remediation.nodes ?? [remediation.nodePool ?? remediation.node ?? ''];
  const nodes = (state?.nodes ?? []).map(asPoolNode);
  const found = namedNode(nodes, target);
  const own = state?.nodes.find(({ name }) => name === found.node?.name);
  const poolRecord = poolRecordFrom(pool, state, now);
  const record = own && recordOf(own, pool.id);
  const seenAt = new Date(now).toISOString();
  return {
    remediation,
    limits: limitsOf(rules, remediation),
    waits: rules.waits,
    target,
    ...found,
    pool,
    privileged: pool.privileged,
    window: windowAt(pool.windows, now),
    record,
    holder: found.node && poolRecord.held[found.node.name],
    poolRecord,
    readAtMs: now,
    releasesBefore: poolRecord.releases,
    alerts: remediation.alerts.map(({ fingerprint, startsAt }) => ({
      source: sourceOf(remediation),
      fingerprint,
      startsAt,
      status: 'firing',
      seenAt,
    })),
    workloads: own?.workloads,
    reading: { nodes, destinations: new Map() },
  };
}

function sourceOf({ reason }: Remediation): string {
  const source = reason?.['source'];
  return typeof source === 'string' ? source : '';
}

/** A node of the state as a reading of the API shows it. */
export function asPoolNode({
  name,
  phase,
  address,
  driver,
  flavor,
  labels,
  supernode,
  nodePool,
  createdAt,
}: StateNode): PoolNode {
  return {
    name,
    phase,
    privateIp: address,
    driverPhase: driver?.phase,
    driverVersion: driver?.version,
    os: undefined,
    plugins: undefined,
    labels: {
      ...(supernode !== undefined && { [BATCH]: supernode }),
      ...(nodePool !== undefined && { 'os.modelarts.node/nodepoolname': nodePool }),
      ...labels,
    },
    annotations: {},
    flavor,
    subnet: undefined,
    taints: [],
    createdAt,
  };
}

function recordOf({ name, history, rounds }: StateNode, pool: string): NodeRecord {
  return {
    pool,
    node: name,
    ...(history && { last: history }),
    rounds: rounds.flatMap(({ rule, used, oldest }) =>
      Array.from({ length: used }, (_, index) => ({ rule, root: `round ${index + 1}`, at: oldest })),
    ),
  };
}

function poolRecordFrom({ id }: PoolRules, state: PoolState | undefined, now: number): PoolRecord {
  const empty = emptyPoolRecord(id, now);
  if (!state) return empty;
  const { storm, breaker, budget } = state.pool;
  const spent = budget?.day?.spent ?? 0;
  const held = state.nodes.flatMap(({ name, hold }) =>
    hold
      ? [
          [
            name,
            {
              ...hold,
              action: 'reset-nodes' as const,
              attempt: 1,
              expiresAt: new Date(now + 24 * HOUR_MS).toISOString(),
              domains: new Array<string>(),
            },
          ] as const,
        ]
      : [],
  );
  return {
    ...empty,
    held: Object.fromEntries(held),
    spent: spent > 0 ? { [hourOf(now)]: spent } : {},
    ...(storm && { storm: { ...storm, told: true } }),
    ...(breaker && { breaker: { ...breaker, trips: 1, told: true } }),
  };
}
