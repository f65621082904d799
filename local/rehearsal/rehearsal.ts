import type { Delivery } from '#lib/alerts/sources/source';
import type { Invocation } from '#lib/handler/invocation';
import { ENDS } from '#lib/ledger/phase';
import type { Document } from '#lib/ledger/store';
import { targetOf } from '#lib/modelarts/client/request';
import type { Receipt } from '#lib/receiving/receive';
import { receiveNew } from '#lib/receiving/receive-new';
import type { Rules } from '#lib/rules/rules';
import type { World } from '#local/simulator/world/world';
import { catchUp } from '#local/simulator/world/world';
import { type BeforeCall, createSimulatedApi, type SimulatedApi } from './api.ts';
import { createDeployment, type Deployment, type Ended, type Services } from './cloud/deployment.ts';
import { API } from './cloud/services.ts';
import { createTable, type Table } from './cloud/table.ts';
import { type Chance, createChance } from './engine/chance.ts';
import { calmFate } from './engine/fate.ts';
import type { ProcessWorld } from './engine/process.ts';
import { createScheduler, type Scheduler } from './engine/scheduler.ts';
import { withPlainRecipients } from './plain-recipients.ts';
import { createPoolWorld, type StartingPool } from './pools.ts';
import { rememberReadings } from './remembered-readings.ts';
import { createTransport } from './transport.ts';

export type RehearsalOptions = {
  rules: Rules;
  pools: readonly StartingPool[];
  /** Epoch milliseconds: where the virtual time begins. */
  startMs: number;
  /** The same seed gives the same run. */
  seed: number;
  /** How long a job takes for one node, and the sigma of the spread around it. */
  jobSeconds?: number;
  jitter?: number;
  /** How often the sweep runs while no remediation is open. It then finds little: pools to read, and holds without use. */
  idleSweepEveryMs?: number;
  beforeCall?: BeforeCall;
  /** Documents that the table need not keep, because the caller reads none of them. */
  forgets?: (document: Document) => boolean;
  /**
   * Whether readings of an unchanged world take no work. A reply then is the same object each time, and a long replay is many times as
   * quick. @default false
   */
  remembersReadings?: boolean;
};

/**
 * The whole system in one process on virtual time: the functions' own handlers over a ledger, queues and schedules in memory, and a
 * simulated pool. Nothing leaves the process. The same options and inputs give the same run, to the millisecond.
 */
export type Rehearsal = {
  scheduler: Scheduler;
  chance: Chance;
  deployment: Deployment;
  table: Table;
  api: SimulatedApi;
  world(): World;
  /** Gives a delivery of alerts to receive-alert. */
  deliver(delivery: Delivery): Promise<Ended<Receipt>>;
  /** Runs something as one function with its services. */
  invoke: Deployment['invoke'];
  /** Whether nothing works, and nothing waits on a queue. */
  isAtRest(): boolean;
};

const SWEEP_EVERY_MS = 5 * 60_000;
const RECEIVE_TIMEOUT_MS = 28_000;

export function createRehearsal(options: RehearsalOptions): Rehearsal {
  const {
    rules,
    pools,
    startMs,
    seed,
    jobSeconds = 360,
    jitter = 0,
    idleSweepEveryMs = SWEEP_EVERY_MS,
  } = options;
  const chance = createChance(seed);
  const scheduler = createScheduler(startMs, chance);
  const context: ProcessWorld = { scheduler, chance, fate: calmFate(), trace: () => {} };
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id-${String(ids).padStart(6, '0')}`;
  };
  const world = createPoolWorld(pools, () => scheduler.now(), { seed: String(seed), jobSeconds, jitter });
  const delay = (delayMs: number) =>
    new Promise<void>((resolve) => scheduler.at(scheduler.now() + delayMs, resolve));
  const api = createSimulatedApi(world, () => scheduler.now(), delay, options.beforeCall);
  const table = createTable(context, newId, options.forgets);
  const deployment = createDeployment(context, {
    table,
    newId,
    firstRules: withPlainRecipients(rules),
    transportOf: (process) => createTransport(process, context, api),
    ...(options.remembersReadings && rememberReadings(api, targetOf(API.endpoint, API.projectId))),
    isWatched: false,
  });
  const open = followOpen(table);

  let sweptAtMs = startMs;
  function sweep(): void {
    if (open.size > 0 || scheduler.now() - sweptAtMs >= idleSweepEveryMs) {
      sweptAtMs = scheduler.now();
      void deployment.sweep();
    }
    scheduler.at(scheduler.now() + SWEEP_EVERY_MS, sweep);
  }
  scheduler.at(startMs + SWEEP_EVERY_MS, sweep);

  return {
    scheduler,
    chance,
    deployment,
    table,
    api,
    world() {
      catchUp(world);
      return world;
    },
    deliver: (delivery) =>
      deployment.invoke('receive-alert', RECEIVE_TIMEOUT_MS, (services: Services, invocation: Invocation) =>
        receiveNew(delivery, services, invocation),
      ),
    invoke: (...given) => deployment.invoke(...given),
    isAtRest: () =>
      deployment.running() === 0 &&
      [...deployment.queues.values()].every((queue) => queue.messages().length === 0),
  };
}

const ended: ReadonlySet<unknown> = new Set(ENDS);

/** The keys of the remediations that are not decided yet, kept up to date. */
function followOpen(table: Table): ReadonlySet<string> {
  const open = new Set<string>();
  table.onWrite(({ document: { pk, state }, removed }) => {
    if (!pk.startsWith('remediation#') || typeof state !== 'string') return;
    if (removed || ended.has(state)) open.delete(pk);
    else open.add(pk);
  });
  return open;
}
