import type { Invocation } from '#lib/handler/invocation';
import { answerBatch } from '#lib/handler/on-queue';
import { createLogger, type Logger } from '#lib/log';
import { createRecentWorkloads, type RecentWorkloads } from '#lib/modelarts/reading/recent-workloads';
import type { Rules } from '#lib/rules/rules';
import { sweepLedger } from '#lib/sweep/sweep';
import { createProcess, type ProcessWorld } from '../engine/process.ts';
import { queueHandlers, queueSettings, type Services, timeoutOf, toSqsEvent } from './declared.ts';
import { createQueue, type Delivery, type QueueSettings, type SimulatedQueue } from './queue.ts';
import { type Surroundings, servicesOf } from './services.ts';
import { createTargets, type Told } from './targets.ts';

/** How one run of a function ended. `failed`: it told Lambda so, or its time was over. */
export type Ended<Value> =
  | { kind: 'returned'; value: Value; by: string }
  | { kind: 'failed'; error: unknown };

export type { Services };

/** One run of a function, the rules that it had, and whether it died. */
export type Begun = { atMs: number; rules: Rules; killed?: boolean };

/** The functions of the simulated cloud, with their queues and their traces. */
export type Deployment = {
  /** Runs something as a function with a time-out of its own. */
  invoke<Value>(
    name: string,
    timeoutMs: number,
    run: (services: Services, invocation: Invocation) => Promise<Value>,
  ): Promise<Ended<Value>>;
  /** Runs the sweep, as its schedule does. */
  sweep(): Promise<void>;
  queues: ReadonlyMap<string, SimulatedQueue>;
  deadLetters: ReadonlyMap<string, SimulatedQueue>;
  /** Every line that was logged. */
  logs: { by: string; line: string }[];
  /** Every notice that reached a target. */
  told: Told[];
  /** By the name of the process. */
  begun: Map<string, Begun>;
  /** The messages that each process was given, by its name. */
  batches: Map<string, string[]>;
  /** Those that were deployed later. */
  rules: Rules[];
  /** Whether no function could have said anything of a message: each one that had it last died over it, or something failed. */
  mayBeSilent(body: string): boolean;
  rulesNow(): Rules;
  deploy(rules: Rules): void;
  /** How many functions are at work. */
  running(): number;
};

/** Middy's margin and the product's own, as in lib/handler/invocation.ts. */
const TIMEOUT_EARLY_MS = 500;
const RESERVED_MS = 2_000;

/** The functions with their queues, on virtual time: the product's own handlers, and stand-ins for all that is around them. */
export function createDeployment(
  context: ProcessWorld,
  {
    table,
    newId,
    transportOf,
    firstRules,
    crowd = {},
    clientOf = (_, client) => client,
    secrets = {},
    isWatched = true,
  }: {
    firstRules: Rules;
    /** Whether `logs`, `begun`, `batches` and the histories of queues are kept. If not, no line of a log is made. @default true */
    isWatched?: boolean;
    /** Other settings for the queues of commands. */
    crowd?: Partial<Pick<QueueSettings, 'batchSize' | 'batchingWindowMs'>>;
  } & Pick<Surroundings, 'table' | 'newId' | 'transportOf'> &
    Partial<Pick<Surroundings, 'clientOf' | 'secrets'>>,
): Deployment {
  const { scheduler } = context;
  let rules = firstRules;
  let running = 0;
  const runs = new Map<string, number>();
  const logs: Deployment['logs'] = [];
  const begun: Deployment['begun'] = new Map();
  const batches: Deployment['batches'] = new Map();
  const later: Rules[] = [];
  const silent = new Set<string>();
  const targets = createTargets(context);
  const queues = new Map<string, SimulatedQueue>();
  const deadLetters = new Map<string, SimulatedQueue>();
  const recentWorkloads = new Map<string, RecentWorkloads>();
  const surroundings = {
    table,
    newId,
    transportOf,
    clientOf,
    secrets,
    queues,
    deadLetters,
    targets,
    recentOf,
  };

  for (const [name, settings] of queueSettings) {
    const dead = createQueue({ ...settings, name: `${name}-dlq`, keepsHistory: isWatched }, context, newId);
    deadLetters.set(name, dead);
    const queue = createQueue(
      {
        ...settings,
        ...(settings.maxReceives === 5 && name !== 'poll-jobs' && crowd),
        name,
        keepsHistory: isWatched,
      },
      context,
      newId,
      (batch) => work(name, batch),
      ({ body, attributes }) => dead.put({ body, attributes }, 'redrive policy'),
    );
    queues.set(name, queue);
  }

  async function work(name: string, batch: readonly Delivery[]): Promise<ReadonlySet<string> | undefined> {
    const number = (runs.get(name) ?? 0) + 1;
    if (isWatched)
      batches.set(
        `${name}#${number}`,
        batch.map(({ message }) => message.body),
      );
    const isDoomed = batch.some(({ message: { messageId } }) =>
      context.fate.decide(`${name}/${messageId}/deadly`, { deadly: 0.01 }),
    );
    const ended = await invoke(
      name,
      timeoutOf(name),
      (services, invocation) =>
        answerBatch(toSqsEvent(batch), queueHandlers.get(name) ?? noHandler(name), services, invocation),
      isDoomed,
    );
    const isHurt =
      isDoomed ||
      [...context.fate.happened.keys()].some(
        (key) => key === `${name}#${number}` || key.startsWith(`${name}#${number}/`),
      );
    if (isHurt) for (const { message } of batch) silent.add(message.body);
    if (ended.kind === 'failed') return undefined;
    return new Set(ended.value.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  }

  function invoke<Value>(
    name: string,
    timeoutMs: number,
    run: (services: Services, invocation: Invocation) => Promise<Value>,
    isDoomed = false,
  ): Promise<Ended<Value>> {
    const { promise, resolve } = Promise.withResolvers<Ended<Value>>();
    const number = (runs.get(name) ?? 0) + 1;
    runs.set(name, number);
    running += 1;
    let isOver = false;
    const end = (ended: Ended<Value>) => {
      if (isOver) return;
      isOver = true;
      running -= 1;
      resolve(ended);
    };
    const startMs = scheduler.now();
    const beginning: Begun = { atMs: startMs, rules };
    const process = createProcess(
      `${name}#${number}`,
      context,
      (why) => {
        if (isWatched) begun.set(process.name, { ...beginning, killed: true });
        end({ kind: 'failed', error: new Error(why) });
      },
      isDoomed,
    );
    if (isWatched) begun.set(process.name, beginning);
    const giveUp = new AbortController();
    const by = process.name;
    const write = (line: string) => logs.push({ by, line });
    const log = isWatched ? createLogger({ function: name }, { write, now: () => scheduler.now() }) : SILENT;
    const stopTimeout = scheduler.at(startMs + timeoutMs, () =>
      end({ kind: 'failed', error: new Error('time-out') }),
    );
    const stopEarly = process.wake(startMs + timeoutMs - TIMEOUT_EARLY_MS, () => {
      giveUp.abort();
      end({ kind: 'failed', error: new Error('time-out') });
      process.wake(scheduler.now() + TIMEOUT_EARLY_MS, () => process.kill('its time is over'));
    });
    const invocation = {
      log,
      beganAtMs: startMs,
      deadlineMs: startMs + timeoutMs - RESERVED_MS,
      signal: giveUp.signal,
    };
    async function whole(): Promise<Ended<Value>> {
      try {
        return {
          kind: 'returned',
          value: await run(servicesOf({ name, process, log, rules }, context, surroundings), invocation),
          by: process.name,
        };
      } catch (error) {
        log.error('invocation failed', { error });
        return { kind: 'failed', error };
      } finally {
        stopTimeout();
        stopEarly();
        process.end();
      }
    }
    void whole().then(end);
    return promise;
  }

  /** A warm function of AWS handles one event after another in the same process. */
  function recentOf(name: string): RecentWorkloads {
    const recent = recentWorkloads.get(name) ?? createRecentWorkloads(scheduler);
    recentWorkloads.set(name, recent);
    return recent;
  }

  async function sweepOnce(): Promise<void> {
    await invoke('sweep', timeoutOf('sweep'), (services, invocation) =>
      sweepLedger({ time: new Date(scheduler.now()).toISOString() }, services, invocation),
    );
  }

  return {
    invoke,
    sweep: sweepOnce,
    queues,
    deadLetters,
    logs,
    begun,
    batches,
    told: targets.told,
    rules: later,
    rulesNow: () => rules,
    mayBeSilent: (body) => silent.has(body),
    deploy(next) {
      later.push(next);
      rules = next;
    },
    running: () => running,
  };
}

/** A logger for lines that no reader wants. */
const SILENT: Logger = { info() {}, warn() {}, error() {}, child: () => SILENT };

function noHandler(name: string): never {
  throw new Error(`no function takes messages of the queue ${name}`);
}
