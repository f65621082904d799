import { byAction } from '#lib/actions/traits';
import type { Logger } from '#lib/log';
import { createFixedKey, createKeyGuard } from '#lib/modelarts/client/access-key';
import {
  type ClientOptions,
  createModelArtsClient,
  type ModelArtsClient,
} from '#lib/modelarts/client/client';
import type { RecentWorkloads } from '#lib/modelarts/reading/recent-workloads';
import type { Rules } from '#lib/rules/rules';
import type { Secrets } from '#lib/rules/secret-reference';
import type { Process, ProcessWorld } from '../engine/process.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import { queueSettings, type Services } from './declared.ts';
import type { SimulatedQueue } from './queue.ts';
import type { Table } from './table.ts';
import type { Targets } from './targets.ts';

/** The address of the simulated API, and the project of the pools. */
export const API = { endpoint: 'http://modelarts.simulated', projectId: '77b6a44cba5143ab91d13ab9a8ff44fd' };

/** The access key of the simulated account: it must be seen nowhere. */
export const SECRETS = {
  accessKey: 'AKSIMULATED0000KEY',
  secretKey: 'sk-simulated-0000-secret',
  securityToken: 'st-simulated-0000-token',
};

/** The rest of the cloud, as the functions reach it. */
export type Surroundings = {
  table: Table;
  newId: () => string;
  transportOf: (process: Process) => NonNullable<ClientOptions['dispatcher']>;
  /** The client of a process. */
  clientOf: (process: Process, client: ModelArtsClient) => ModelArtsClient;
  /** The secrets that the rules file names. */
  secrets: Secrets;
  queues: ReadonlyMap<string, SimulatedQueue>;
  deadLetters: ReadonlyMap<string, SimulatedQueue>;
  targets: Targets;
  /** The workloads that a warm function has read before. */
  recentOf: (name: string) => RecentWorkloads;
};

/** One run of the function with this name. */
type Run = { name: string; process: Process; log: Logger; rules: Rules };

/** The services of one run of a function: they work only as long as its process lives. */
export function servicesOf(
  { name, process, log, rules: own }: Run,
  { scheduler, chance }: ProcessWorld,
  { table, newId, transportOf, clientOf, secrets, queues, deadLetters, targets, recentOf }: Surroundings,
): Services {
  const clock = {
    now: () => scheduler.now(),
    sleep: (ms: number, signal?: AbortSignal) => sleep(scheduler, process, ms, signal),
  };
  // Many a run asks the API for nothing.
  let client: ModelArtsClient | undefined;
  const createClient = () =>
    clientOf(
      process,
      createModelArtsClient({
        ...API,
        key: createKeyGuard(createFixedKey(SECRETS), clock),
        clock,
        random: () => chance.draw(process.nextKey('random')),
        dispatcher: transportOf(process),
        startTimer: (delayMs, onTime) => process.wake(scheduler.now() + delayMs, onTime),
      }),
    );
  const sender = (queue: string) => named(queues, queue).senderOf(process);
  const tableItself = table.storeOf(process);
  const ownQueue = queueSettings.has(name) ? name : 'reset-nodes';
  const settings = named(queueSettings, ownQueue);
  const deadLettersOf = named(deadLetters, ownQueue).senderOf(process);
  return {
    store: tableItself,
    log,
    rules: own,
    clock,
    newId,
    modelarts() {
      client ??= createClient();
      return client;
    },
    recentWorkloads: recentOf(name),
    commands: byAction((_, action) => sender(action)),
    follow: sender('poll-jobs'),
    notices: sender('notify'),
    maxReceives: settings.maxReceives,
    deadLetters: deadLettersOf,
    notify: {
      store: tableItself,
      rules: own,
      clock,
      deadLetters: deadLettersOf,
      notices: sender('notify'),
      maxReceives: settings.maxReceives,
      post: targets.postOf(process),
      secrets: { current: () => Promise.resolve(secrets), renew: () => Promise.resolve(false) },
      accessKey: createFixedKey(SECRETS),
    },
  };
}

function sleep(scheduler: Scheduler, process: Process, ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = process.wake(scheduler.now() + ms, resolve);
  signal?.addEventListener('abort', () => {
    stop();
    reject(signal.reason);
  });
  return promise;
}

function named<Value>(all: ReadonlyMap<string, Value>, name: string): Value {
  const found = all.get(name);
  if (found === undefined) throw new Error(`the stack has no queue ${name}`);
  return found;
}
