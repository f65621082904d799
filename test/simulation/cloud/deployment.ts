import type { SQSEvent } from 'aws-lambda';
import { byAction } from '#lib/actions/traits';
import type { Invocation } from '#lib/handler/invocation';
import { answerBatch, type QueueFunction } from '#lib/handler/on-queue';
import { createLogger, type Logger } from '#lib/log';
import { createModelArtsClient } from '#lib/modelarts/client/client';
import { notifyRecipients } from '#lib/notify/tell';
import type { NotifyServices } from '#lib/notify/tell-recipients';
import { handleCommands } from '#lib/remediation/execution/act';
import type { RemediationServices } from '#lib/remediation/record/services';
import { pollCalls } from '#lib/remediation/tracking/poll';
import type { Rules } from '#lib/rules/rules';
import { sweepLedger } from '#lib/sweep/sweep';
import { receivePolicies } from '#lib/tag-policy/receive-policies';
import { declaredFunctions } from '#local/stack/functions';
import { visibilityTimeoutSeconds } from '#local/stack/queue-numbers';
import { definitions } from '#test/actions/definitions';
import { fixedSecrets } from '#test/notify/fixed-secrets';
import { createProcess, type Process, type ProcessWorld } from '../engine/process.ts';
import { createQueue, type Delivery, type QueueSettings, type SimulatedQueue } from './queue.ts';
import type { Table } from './table.ts';
import { createTargets, type Told } from './targets.ts';

/** How one run of a function ended. `failed`: Lambda was told so, or its time was over. */
export type Ended<Value> =
  | { kind: 'returned'; value: Value; by: string }
  | { kind: 'failed'; error: unknown };

/** What a function may use. `notify` posts to targets, and has the table itself. */
export type Services = RemediationServices & { notify: NotifyServices };

/** One run of a function, the rules that it had, and whether it died. */
export type Begun = { atMs: number; rules: Rules; killed?: boolean };

/** What every function of the simulated cloud is given. */
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
  /** Everything that targets were told. */
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

/** The access key of the simulated account: it must be seen nowhere. */
export const SECRETS = {
  accessKey: 'AKSIMULATED0000KEY',
  secretKey: 'sk-simulated-0000-secret',
  securityToken: 'st-simulated-0000-token',
};

/** The queues as the stack declares them. */
const SETTINGS: Record<string, Omit<QueueSettings, 'name'>> = Object.fromEntries(
  declaredFunctions.flatMap((declared) => {
    const { name, trigger } = declared;
    if (trigger.kind !== 'queue') return [];
    const settings = {
      batchSize: trigger.batchSize,
      concurrency: trigger.maximumConcurrency,
      visibilityMs: visibilityTimeoutSeconds(declared) * 1000,
      maxReceives: trigger.maxReceives,
      // Without a window a poller takes what it finds, now and then.
      batchingWindowMs: Math.max(500, trigger.batchingWindowSeconds * 1000),
    };
    return [[name, settings]];
  }),
);

const TIMEOUTS_MS: Record<string, number> = Object.fromEntries(
  declaredFunctions.map(({ name, timeoutSeconds }) => [name, timeoutSeconds * 1000]),
);
/** Of what the worlds run and the stack does not have. */
const FUNCTION_TIMEOUT_MS = 60_000;
/** Middy's margin and the product's own, as in lib/handler/invocation.ts. */
const TIMEOUT_EARLY_MS = 500;
const RESERVED_MS = 2_000;

const handlers: Record<string, QueueFunction<Services>['handle']> = {
  ...byAction((_, action) => handleCommands(definitions[action])),
  'enforce-tag-policy': (records, services, invocation) =>
    receivePolicies(records, { ...services, commands: services.commands['update-nodes']! }, invocation),
  'poll-jobs': pollCalls,
  notify: (records, { notify }, invocation) => notifyRecipients(records, notify, invocation),
};

export function createDeployment(
  context: ProcessWorld,
  {
    table,
    newId,
    transportOf,
    firstRules,
    crowd = {},
  }: {
    table: Table;
    newId: () => string;
    transportOf: (process: Process) => Parameters<typeof createModelArtsClient>[0]['dispatcher'];
    firstRules: Rules;
    /** Of the queues of commands. */
    crowd?: Partial<Pick<QueueSettings, 'batchSize' | 'batchingWindowMs'>>;
  },
): Deployment {
  const { scheduler, chance } = context;
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

  for (const [name, settings] of Object.entries(SETTINGS)) {
    const dead = createQueue({ ...settings, name: `${name}-dlq` }, context, newId);
    deadLetters.set(name, dead);
    const queue = createQueue(
      { ...settings, ...(settings.maxReceives === 5 && name !== 'poll-jobs' && crowd), name },
      context,
      newId,
      (batch) => work(name, batch),
      ({ body, attributes }) => dead.put({ body, attributes }, 'redrive policy'),
    );
    queues.set(name, queue);
  }

  async function work(name: string, batch: readonly Delivery[]): Promise<ReadonlySet<string> | undefined> {
    const number = (runs.get(name) ?? 0) + 1;
    batches.set(
      `${name}#${number}`,
      batch.map(({ message }) => message.body),
    );
    const isDoomed = batch.some(({ message: { messageId } }) =>
      context.fate.decide(`${name}/${messageId}/deadly`, { deadly: 0.01 }),
    );
    const ended = await invoke(
      name,
      TIMEOUTS_MS[name] ?? FUNCTION_TIMEOUT_MS,
      (services, invocation) => answerBatch(toEvent(batch), handlers[name]!, services, invocation),
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
    const process = createProcess(
      `${name}#${number}`,
      context,
      (why) => {
        begun.set(process.name, { ...begun.get(process.name)!, killed: true });
        end({ kind: 'failed', error: new Error(why) });
      },
      isDoomed,
    );
    const startMs = scheduler.now();
    begun.set(process.name, { atMs: startMs, rules });
    const giveUp = new AbortController();
    const log = createLogger(
      { function: name },
      { write: (line) => logs.push({ by: process.name, line }), now: scheduler.now },
    );
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
          value: await run(servicesOf(process, name, log), invocation),
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

  function servicesOf(process: Process, name: string, log: Logger): Services {
    const clock = {
      now: scheduler.now,
      sleep: (ms: number, signal?: AbortSignal) => sleep(process, ms, signal),
    };
    const client = createModelArtsClient({
      endpoint: 'http://modelarts.simulated',
      projectId: '77b6a44cba5143ab91d13ab9a8ff44fd',
      credentials: SECRETS,
      clock,
      random: () => chance.draw(process.nextKey('random')),
      dispatcher: transportOf(process)!,
      startTimer: (delayMs, onTime) => process.wake(scheduler.now() + delayMs, onTime),
    });
    const sender = (queue: string) => queues.get(queue)!.senderOf(process);
    const tableItself = table.storeOf(process);
    const settings = SETTINGS[name] ?? SETTINGS['reset-nodes']!;
    const deadLettersOf = (deadLetters.get(name) ?? deadLetters.get('reset-nodes')!).senderOf(process);
    return {
      store: tableItself,
      log,
      rules,
      clock,
      newId,
      modelarts: () => client,
      commands: byAction((_, action) => sender(action)),
      follow: sender('poll-jobs'),
      notices: sender('notify'),
      maxReceives: settings.maxReceives,
      deadLetters: deadLettersOf,
      notify: {
        store: tableItself,
        rules,
        clock,
        deadLetters: deadLettersOf,
        maxReceives: settings.maxReceives,
        post: targets.postOf(process),
        secrets: fixedSecrets(),
      },
    };
  }

  function sleep(process: Process, ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stop = process.wake(scheduler.now() + ms, resolve);
    signal?.addEventListener('abort', () => {
      stop();
      reject(signal.reason);
    });
    return promise;
  }

  async function sweepOnce(): Promise<void> {
    await invoke('sweep', TIMEOUTS_MS['sweep']!, (services, invocation) =>
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

function toEvent(batch: readonly Delivery[]): SQSEvent {
  return {
    Records: batch.map(({ message: { messageId, body, sentAtMs, attributes }, receiveCount }) => ({
      messageId,
      body,
      receiptHandle: '',
      messageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]),
      ),
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: '',
      awsRegion: '',
      attributes: {
        SentTimestamp: String(sentAtMs),
        ApproximateReceiveCount: String(receiveCount),
        SenderId: '',
        ApproximateFirstReceiveTimestamp: '',
      },
    })),
  };
}
