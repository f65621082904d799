import type { SQSEvent } from 'aws-lambda';
import { deleteNodePool } from '#functions/delete-node-pool';
import { migrateNodes } from '#functions/migrate-nodes';
import { resetNodes } from '#functions/reset-nodes';
import { updateNodePool } from '#functions/update-node-pool';
import { updateNodes } from '#functions/update-nodes';
import type { Invocation } from '#lib/handler/invocation';
import { answerBatch, type QueueFunction } from '#lib/handler/on-queue';
import { createLogger } from '#lib/log';
import { createModelArtsClient } from '#lib/modelarts/client';
import { act } from '#lib/remediation/act';
import { poll } from '#lib/remediation/poll';
import type { RemediationServices } from '#lib/remediation/services';
import type { Rules } from '#lib/rules/rules';
import { receivePolicies } from '#lib/tag-policy/receive-policies';
import { createProcess, type Process, type ProcessWorld } from '../engine/process.ts';
import { createQueue, type Delivery, type QueueSettings, type SimulatedQueue } from './queue.ts';
import type { Table } from './table.ts';

/** How one run of a function ended. `failed`: Lambda was told so, or its time was over. */
export type Ended<Value> = { kind: 'returned'; value: Value } | { kind: 'failed'; error: unknown };

/** What every function of the simulated cloud is given. */
export type Deployment = {
  /** Runs something as a function with a time-out of its own. */
  invoke<Value>(
    name: string,
    timeoutMs: number,
    run: (services: RemediationServices, invocation: Invocation) => Promise<Value>,
  ): Promise<Ended<Value>>;
  queues: ReadonlyMap<string, SimulatedQueue>;
  deadLetters: ReadonlyMap<string, SimulatedQueue>;
  /** Every line that was logged. */
  logs: { by: string; line: string }[];
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

/** The queues as serverless.yml declares them. */
const SETTINGS: Record<string, Omit<QueueSettings, 'name'>> = Object.fromEntries(
  (
    [
      ['reset-nodes', 100, 5],
      ['update-nodes', 100, 5],
      ['migrate-nodes', 100, 5],
      ['poll-jobs', 500, 2],
    ] as const
  ).map(([name, batchSize, concurrency]) => [
    name,
    { batchSize, concurrency, visibilityMs: 370_000, maxReceives: 5, batchingWindowMs: 2_000 },
  ]),
);

for (const name of ['update-node-pool', 'delete-node-pool', 'enforce-tag-policy'])
  SETTINGS[name] = {
    batchSize: 10,
    concurrency: 2,
    visibilityMs: 370_000,
    maxReceives: 5,
    batchingWindowMs: 2_000,
  };

const FUNCTION_TIMEOUT_MS = 60_000;
/** Middy's margin and the product's own, as in lib/handler/invocation.ts. */
const TIMEOUT_EARLY_MS = 500;
const RESERVED_MS = 2_000;

const handlers: Record<string, QueueFunction<RemediationServices>['handle']> = {
  'update-node-pool': act(updateNodePool),
  'delete-node-pool': act(deleteNodePool),
  'enforce-tag-policy': (records, services, invocation) =>
    receivePolicies(records, { ...services, commands: services.commands['update-nodes']! }, invocation),
  'reset-nodes': act(resetNodes),
  'update-nodes': act(updateNodes),
  'migrate-nodes': act(migrateNodes),
  'poll-jobs': poll,
};

export function createDeployment(
  context: ProcessWorld,
  {
    table,
    newId,
    transportOf,
    firstRules,
  }: {
    table: Table;
    newId: () => string;
    transportOf: (process: Process) => Parameters<typeof createModelArtsClient>[0]['dispatcher'];
    firstRules: Rules;
  },
): Deployment {
  const { scheduler, chance } = context;
  let rules = firstRules;
  let running = 0;
  const runs = new Map<string, number>();
  const logs: Deployment['logs'] = [];
  const queues = new Map<string, SimulatedQueue>();
  const deadLetters = new Map<string, SimulatedQueue>();

  for (const [name, settings] of Object.entries(SETTINGS)) {
    const dead = createQueue({ ...settings, name: `${name}-dlq` }, context, newId);
    deadLetters.set(name, dead);
    const queue = createQueue(
      { ...settings, name },
      context,
      newId,
      (batch) => work(name, batch),
      ({ body, attributes }) => dead.put({ body, attributes }, 'redrive policy'),
    );
    queues.set(name, queue);
  }

  async function work(name: string, batch: readonly Delivery[]): Promise<ReadonlySet<string> | undefined> {
    const ended = await invoke(name, FUNCTION_TIMEOUT_MS, (services, invocation) =>
      answerBatch(toEvent(batch), handlers[name]!, services, invocation),
    );
    if (ended.kind === 'failed') return undefined;
    return new Set(ended.value.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  }

  function invoke<Value>(
    name: string,
    timeoutMs: number,
    run: (services: RemediationServices, invocation: Invocation) => Promise<Value>,
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
    const process = createProcess(`${name}#${number}`, context, (why) =>
      end({ kind: 'failed', error: new Error(why) }),
    );
    const startMs = scheduler.now();
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
    const invocation = { log, deadlineMs: startMs + timeoutMs - RESERVED_MS, signal: giveUp.signal };
    async function whole(): Promise<Ended<Value>> {
      try {
        return { kind: 'returned', value: await run(servicesOf(process, name), invocation) };
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

  function servicesOf(process: Process, name: string): RemediationServices {
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
    return {
      store: table.storeOf(process),
      rules,
      clock,
      newId,
      modelarts: () => client,
      commands: {
        'reset-nodes': sender('reset-nodes'),
        'update-nodes': sender('update-nodes'),
        'migrate-nodes': sender('migrate-nodes'),
        'update-node-pool': sender('update-node-pool'),
        'delete-node-pool': sender('delete-node-pool'),
      },
      follow: sender('poll-jobs'),
      // Nobody is told anything here yet.
      notices: { send: () => Promise.resolve() },
      maxReceives: 5,
      deadLetters: (deadLetters.get(name) ?? deadLetters.get('reset-nodes')!).senderOf(process),
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

  return {
    invoke,
    queues,
    deadLetters,
    logs,
    deploy(next) {
      rules = next;
    },
    running: () => running,
  };
}

function toEvent(batch: readonly Delivery[]): SQSEvent {
  return {
    Records: batch.map(({ message: { messageId, body, sentAtMs }, receiveCount }) => ({
      messageId,
      body,
      receiptHandle: '',
      messageAttributes: {},
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
