import { randomUUID } from 'node:crypto';
import type { ActionDefinition } from '#lib/actions/action';
import type { Action } from '#lib/actions/traits';
import type { ReceivedAlert } from '#lib/alerts/sources/source';
import type { QueueMessage } from '#lib/aws/queue';
import type { Clock } from '#lib/clock';
import type { Invocation } from '#lib/handler/invocation';
import { DEFERRAL_ATTRIBUTE, type QueueRecord, REDRIVEN_BY_ATTRIBUTE } from '#lib/handler/queue-record';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { createLogger } from '#lib/log';
import { createRecentWorkloads } from '#lib/modelarts/reading/recent-workloads';
import { receive } from '#lib/receiving/receive';
import { handleCommands } from '#lib/remediation/execution/act';
import { pollCalls } from '#lib/remediation/tracking/poll';
import type { Rules } from '#lib/rules/rules';
import { type Joined, remediationsIn } from '../ledger/joined.ts';
import { createFakeModelArts } from './modelarts.ts';
import type { FakePool } from './pool.ts';

/** `to`: the function whose queue a command is on. */
type Waiting = QueueMessage & { dueMs: number; messageId: string; receives: number; to?: string };

/** An action with any body of its call. */
export type AnyAction = ActionDefinition<any>;

/** How long a message that a function has not done with stays off its queue. */
const AGAIN_MS = 360_000;

/**
 * The functions of Poolkeeper on a clock that is moved by hand, with queues, a ledger and ModelArts in memory.
 *
 * @param actions the actions whose functions there are. A command without a queue of its own goes to the first one.
 */
export function createFakeSystem(
  rules: Rules,
  pools: Map<string, FakePool>,
  actions: readonly [AnyAction, ...AnyAction[]],
) {
  let now = Date.parse('2026-11-20T10:00:00Z');
  const clock: Clock = { now: () => now, sleep: () => Promise.resolve() };
  const store = createMemoryStore();
  const logs: string[] = [];
  const log = createLogger({}, { write: (line) => logs.push(line), now: clock.now });
  const modelarts = createFakeModelArts(clock.now, pools);

  let messageCount = 0;
  const queues = { commands: [] as Waiting[], follow: [] as Waiting[], deadLetters: [] as Waiting[] };
  const queue = (name: keyof typeof queues, to?: string) => ({
    send(messages: readonly QueueMessage[]) {
      for (const message of messages) {
        messageCount += 1;
        queues[name].push({
          ...message,
          dueMs: now + (message.delaySeconds ?? 0) * 1000,
          messageId: `m${messageCount}`,
          receives: 0,
          ...(to && { to }),
        });
      }
      return Promise.resolve();
    },
  });

  const own = actions[0].action;
  const commandQueue = queue('commands', own);
  const others = actions.map(({ action }) => [action, queue('commands', action)]);
  const commands: Record<Action, typeof commandQueue> = {
    ...Object.fromEntries(others),
    [own]: commandQueue,
  };
  /** The notices for `notify`. */
  const notices: any[] = [];
  const services = {
    store,
    rules,
    clock,
    modelarts: () => modelarts.client,
    recentWorkloads: createRecentWorkloads(clock),
    newId: randomUUID as () => string,
    commands,
    follow: queue('follow'),
    deadLetters: queue('deadLetters'),
    notices: {
      send(messages: readonly QueueMessage[]) {
        notices.push(...messages.map(({ body }) => JSON.parse(body)));
        return Promise.resolve();
      },
    },
    maxReceives: 5,
  };
  const invocation = (): Invocation => ({
    log,
    beganAtMs: now,
    deadlineMs: now + 58_000,
    signal: new AbortController().signal,
  });
  const handlers = new Map(actions.map((action) => [action.action as string, handleCommands(action)]));

  /** Takes what is due off a queue, as one batch, as often as `copies` says, and hands it to its function. */
  async function drain(name: 'commands' | 'follow', copies = 1): Promise<number> {
    return deliver(
      name,
      queues[name].filter(({ dueMs }) => dueMs <= now),
      copies,
    );
  }

  /** Takes messages off a queue and hands them to its function, as one batch, as often as `copies` says. */
  async function deliver(name: 'commands' | 'follow', due: readonly Waiting[], copies = 1): Promise<number> {
    queues[name] = queues[name].filter((message) => !due.includes(message));
    if (due.length === 0) return 0;
    const batches = [...Map.groupBy(due, ({ to }) => to).entries()].flatMap(([to = '', messages]) => {
      const records = messages.map(
        ({ messageId, body, receives, attributes }): QueueRecord => ({
          messageId,
          body,
          sentAtMs: now,
          receiveCount: receives + 1,
          ...(attributes?.[DEFERRAL_ATTRIBUTE] && { deferral: Number(attributes[DEFERRAL_ATTRIBUTE]) }),
          ...(attributes?.[REDRIVEN_BY_ATTRIBUTE] && { redrivenBy: attributes[REDRIVEN_BY_ATTRIBUTE] }),
        }),
      );
      const handle = handlers.get(to) ?? pollCalls;
      return Array.from({ length: copies }, () => handle(records, services, invocation()));
    });
    const again = new Set((await Promise.all(batches)).flat());
    for (const message of due)
      if (again.has(message.messageId))
        queues[name].push({ ...message, dueMs: now + AGAIN_MS, receives: message.receives + 1 });
    return due.length;
  }

  return {
    ...modelarts,
    pools,
    store,
    logs,
    queues,
    notices,
    services,
    commandQueue,
    invocation,
    drain,
    deliver,
    now: () => now,
    /** Moves the clock on, and nothing else. */
    stand(ms: number): void {
      now += ms;
    },
    /** Moves the clock on, working off nothing but what poll-jobs has to look at. */
    async pass(ms: number): Promise<void> {
      now += ms;
      await drain('follow');
    },
    /** Moves the clock on in steps, working off what falls due. */
    async advance(ms: number, step = 5_000): Promise<void> {
      const end = now + ms;
      while (now < end) {
        now = Math.min(now + step, end);
        await drain('commands');
        await drain('follow');
      }
    },
    receive: (...alerts: ReceivedAlert[]) =>
      receive(
        { source: 'alertmanager', bytes: 0, truncated: 0, alerts, unreadable: [] },
        services,
        invocation(),
      ),
    command: (body: unknown) =>
      commandQueue.send([{ body: typeof body === 'string' ? body : JSON.stringify(body) }]),
    remediations: (): Joined[] => remediationsIn(store.documents()),
  };
}

export function nodeName(index: number): string {
  return `os-node-created-${String(index).padStart(5, '0')}`;
}
