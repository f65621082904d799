import { answerBatch } from '#lib/handler/on-queue';
import type { Rules } from '#lib/rules/rules';
import { sweepLedger } from '#lib/sweep/sweep';
import type { ProcessWorld } from '../engine/process.ts';
import { queueHandlers, queueSettings, type Services, timeoutOf, toSqsEvent } from './declared.ts';
import { createInvocations, type Invocations } from './invocations.ts';
import { createQueue, type Delivery, type QueueSettings, type SimulatedQueue } from './queue.ts';
import type { Surroundings } from './services.ts';
import { createTargets, type Told } from './targets.ts';

export type { Ended } from './invocations.ts';
export type { Services };

/** The functions of the simulated cloud, with their queues and their traces. */
export type Deployment = Omit<Invocations, 'nextProcessOf'> & {
  /** Runs the sweep, as its schedule does. */
  sweep(): Promise<void>;
  queues: ReadonlyMap<string, SimulatedQueue>;
  deadLetters: ReadonlyMap<string, SimulatedQueue>;
  /** Every notice that reached a target. */
  told: Told[];
  /** The messages that each process was given, by its name. */
  batches: Map<string, string[]>;
  /** Those that were deployed later. */
  rules: Rules[];
  /** Whether no function could have said anything of a message: each one that had it last died over it, or something failed. */
  mayBeSilent(body: string): boolean;
  rulesNow(): Rules;
  deploy(rules: Rules): void;
};

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
  let rules = firstRules;
  const batches: Deployment['batches'] = new Map();
  const later: Rules[] = [];
  const silent = new Set<string>();
  const targets = createTargets(context);
  const queues = new Map<string, SimulatedQueue>();
  const deadLetters = new Map<string, SimulatedQueue>();
  const { invoke, nextProcessOf, ...runs } = createInvocations(
    context,
    { table, newId, transportOf, clientOf, secrets, queues, deadLetters, targets },
    { isWatched, rulesNow: () => rules },
  );

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
    const processName = nextProcessOf(name);
    if (isWatched)
      batches.set(
        processName,
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
        (key) => key === processName || key.startsWith(`${processName}/`),
      );
    if (isHurt) for (const { message } of batch) silent.add(message.body);
    if (ended.kind === 'failed') return undefined;
    return new Set(ended.value.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  }

  async function sweepOnce(): Promise<void> {
    await invoke('sweep', timeoutOf('sweep'), (services, invocation) =>
      sweepLedger({ time: new Date(context.scheduler.now()).toISOString() }, services, invocation),
    );
  }

  return {
    ...runs,
    invoke,
    sweep: sweepOnce,
    queues,
    deadLetters,
    batches,
    told: targets.told,
    rules: later,
    rulesNow: () => rules,
    mayBeSilent: (body) => silent.has(body),
    deploy(next) {
      later.push(next);
      rules = next;
    },
  };
}

function noHandler(name: string): never {
  throw new Error(`no function takes messages of the queue ${name}`);
}
