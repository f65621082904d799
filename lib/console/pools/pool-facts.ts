import { type Capacity, isAvailable } from '#lib/capacity/capacity';
import { countSnapshot, nodesAsJudged } from '#lib/capacity/count-snapshot';
import { holdOf } from '#lib/capacity/holds';
import { readWaiting } from '#lib/capacity/wait-list';
import type { Clock } from '#lib/clock';
import { inTurn } from '#lib/concurrency';
import { cooldownAfter } from '#lib/guards/history';
import { calledPartition, type NodeRecord, nodeRecordKind } from '#lib/ledger/node-record';
import { type PoolRecord, readPoolRecord } from '#lib/ledger/pool-record';
import { readMany } from '#lib/ledger/read-many';
import type { Remediation } from '#lib/ledger/remediation';
import { type KnownReading, type PoolSnapshot, readSnapshot } from '#lib/ledger/snapshot/read-snapshot';
import type { Store } from '#lib/ledger/store';
import type { Logger } from '#lib/log';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { cooldownMsOf, longestCooldownMs } from '#lib/remediation/record/limits';
import { everyTarget } from '#lib/remediation/record/open';
import type { PoolRules, Rules } from '#lib/rules/rules';
import { NOT_READABLE_MS } from '#lib/rules/waits';
import { readLastOutcome } from './last-outcome.ts';
import { readWaitingCommands, type WaitingCommand, waitingIn } from './waiting.ts';

export type PoolServices = { store: Store; rules: Rules; clock: Clock };

/** The cooldown of a node: its end, its numbers, and the remediation whose call began it. */
export type Cooldown = { until: string; why: string; remediation: string };

/** All facts about one pool for its view, at one time. */
export type PoolFacts = {
  pool: PoolRules;
  now: number;
  record: PoolRecord;
  /** The last good reading. */
  reading?: PoolSnapshot;
  failing?: KnownReading['failing'];
  /** The last good reading is too old to say how the nodes are now. */
  isStale: boolean;
  /** The nodes that the reading shows, by name, as the guards see them. */
  shown: ReadonlyMap<string, PoolNode>;
  /** The pool as the guards count it. Absent if it was never read. */
  capacity?: Capacity;
  waiting: readonly WaitingCommand[];
  /** The first command that waits for each node, by name. */
  waitingFor: ReadonlyMap<string, WaitingCommand>;
  /** By name. */
  cooldowns: ReadonlyMap<string, Cooldown>;
  /** Nodes that are not well and that Poolkeeper could not repair, each with the remediation that ended. */
  unrepaired: ReadonlyMap<string, Remediation>;
};

/** Limit of the nodes in a cooldown that are read. */
const MAX_COOLDOWNS = 2_000;

/** Limit of the unwell nodes of a pool whose last remediation is read. The others count as out of service. */
const MAX_LOOKED_UP = 200;
const LOOKED_UP_AT_ONCE = 16;

/** How many pools are read at the same time. */
const POOLS_AT_ONCE = 5;

/**
 * Reads the facts about pools. Unreadable documents of nodes and commands are left out.
 *
 * @throws UnreadableDocumentError if it cannot read the document of a pool.
 */
export async function readPools(
  pools: readonly PoolRules[],
  services: PoolServices,
  log: Logger,
): Promise<PoolFacts[]> {
  const commands = await readWaitingCommands(services.store);
  return inTurn(pools, POOLS_AT_ONCE, (pool) => readPoolFacts(pool, commands, services, log));
}

async function readPoolFacts(
  pool: PoolRules,
  commands: readonly Remediation[],
  { store, rules, clock }: PoolServices,
  log: Logger,
): Promise<PoolFacts> {
  const now = clock.now();
  const [record, { reading, failing }, list, histories] = await Promise.all([
    readPoolRecord(store, pool.id, now),
    readSnapshot(store, pool.id, log),
    readWaiting(pool.id, { store }),
    readCalledLately(store, pool.id, now - longestCooldownMs(rules)),
  ]);
  const waiting = waitingIn(pool.id, commands, list);
  const nodes = reading ? nodesAsJudged(reading, record, pool) : [];
  const waitingFor = firstWaiting(waiting, nodes);
  const troubled = nodes.filter(
    (node) => !isAvailable(node) && !holdOf(record, node.name, now) && !waitingFor.has(node.name),
  );
  return {
    pool,
    now,
    record,
    ...(reading && { reading, capacity: countSnapshot(reading, nodes, record, pool, now) }),
    ...(failing && { failing }),
    isStale: reading !== undefined && now - Date.parse(reading.at) >= NOT_READABLE_MS,
    shown: new Map(nodes.map((node) => [node.name, node])),
    waiting,
    waitingFor,
    cooldowns: cooldownsOf(histories, rules, now),
    unrepaired: await readUnrepaired(troubled, pool.id, store),
  };
}

/** The first waiting command for each node, by the node's own name. A command may name a node by its address. */
function firstWaiting(
  waiting: readonly WaitingCommand[],
  nodes: readonly PoolNode[],
): Map<string, WaitingCommand> {
  const byAddress = new Map(nodes.flatMap(({ name, privateIp }) => (privateIp ? [[privateIp, name]] : [])));
  const first = new Map<string, WaitingCommand>();
  for (const command of waiting) {
    const { remediation } = command;
    const named = remediation.nodes ? everyTarget(remediation) : [remediation.node ?? ''];
    for (const target of named) {
      const name = byAddress.get(target) ?? target;
      if (!first.has(name)) first.set(name, command);
    }
  }
  return first;
}

/** The histories of the nodes that were called since a time, the newest first. */
async function readCalledLately(store: Store, pool: string, sinceMs: number): Promise<NodeRecord[]> {
  const entries = await store.find({
    index: 'by-state',
    partition: calledPartition(pool),
    after: new Date(sinceMs).toISOString(),
    limit: MAX_COOLDOWNS,
  });
  return (await readMany(store, nodeRecordKind, entries)).values;
}

function cooldownsOf(histories: readonly NodeRecord[], rules: Rules, now: number): Map<string, Cooldown> {
  return new Map(
    histories.flatMap((history) => {
      const { node, last } = history;
      if (!last) return [];
      const { until, why } = cooldownAfter(last, cooldownMsOf(rules, history), now);
      return Date.parse(until) > now ? [[node, { until, why, remediation: last.remediation }]] : [];
    }),
  );
}

async function readUnrepaired(
  troubled: readonly PoolNode[],
  pool: string,
  store: Store,
): Promise<Map<string, Remediation>> {
  const looked = troubled.slice(0, MAX_LOOKED_UP);
  const found = await inTurn(looked, LOOKED_UP_AT_ONCE, async ({ name }) => {
    const last = await readLastOutcome(store, pool, name);
    return last?.state === 'needs-human' || last?.state === 'failed' ? [[name, last] as const] : [];
  });
  return new Map(found.flat());
}
