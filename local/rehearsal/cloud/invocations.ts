import type { Invocation } from '#lib/handler/invocation';
import { createLogger, type Logger } from '#lib/log';
import { createRecentWorkloads, type RecentWorkloads } from '#lib/modelarts/reading/recent-workloads';
import type { Rules } from '#lib/rules/rules';
import { createProcess, type ProcessWorld } from '../engine/process.ts';
import type { Services } from './declared.ts';
import { type Surroundings, servicesOf } from './services.ts';

/** How one run of a function ended. `failed`: it told Lambda so, or its time was over. */
export type Ended<Value> =
  | { kind: 'returned'; value: Value; by: string }
  | { kind: 'failed'; error: unknown };

/** One run of a function, the rules that it had, and whether it died. */
export type Begun = { atMs: number; rules: Rules; killed?: boolean };

/** The runs of all functions, each in a process of its own, and the traces that they leave. */
export type Invocations = {
  /** Runs something as a function with a time-out of its own. A doomed one dies before it ends. */
  invoke: <Value>(
    name: string,
    timeoutMs: number,
    run: (services: Services, invocation: Invocation) => Promise<Value>,
    isDoomed?: boolean,
  ) => Promise<Ended<Value>>;
  /** The name of the process that the next run of a function gets. */
  nextProcessOf: (name: string) => string;
  /** How many functions are at work. */
  running: () => number;
  /** Every line that was logged. */
  logs: { by: string; line: string }[];
  /** By the name of the process. */
  begun: Map<string, Begun>;
};

/** Middy's margin and the product's own, as in lib/handler/invocation.ts. */
const TIMEOUT_EARLY_MS = 500;
const RESERVED_MS = 2_000;

/** Runs functions on virtual time, as Lambda does: with a time-out, and with one process after another. */
export function createInvocations(
  context: ProcessWorld,
  surroundings: Omit<Surroundings, 'recentOf'>,
  { isWatched, rulesNow }: { isWatched: boolean; rulesNow: () => Rules },
): Invocations {
  const { scheduler } = context;
  const runs = new Map<string, number>();
  const logs: Invocations['logs'] = [];
  const begun: Invocations['begun'] = new Map();
  const recentWorkloads = new Map<string, RecentWorkloads>();
  const around = { ...surroundings, recentOf };
  let running = 0;

  function invoke<Value>(
    name: string,
    timeoutMs: number,
    run: (services: Services, invocation: Invocation) => Promise<Value>,
    isDoomed = false,
  ): Promise<Ended<Value>> {
    const { promise, resolve } = Promise.withResolvers<Ended<Value>>();
    const processName = nextProcessOf(name);
    runs.set(name, (runs.get(name) ?? 0) + 1);
    running += 1;
    let isOver = false;
    const end = (ended: Ended<Value>) => {
      if (isOver) return;
      isOver = true;
      running -= 1;
      resolve(ended);
    };
    const startMs = scheduler.now();
    const rules = rulesNow();
    const beginning: Begun = { atMs: startMs, rules };
    const process = createProcess(
      processName,
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
          value: await run(servicesOf({ name, process, log, rules }, context, around), invocation),
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

  function nextProcessOf(name: string): string {
    return `${name}#${(runs.get(name) ?? 0) + 1}`;
  }

  return { invoke, nextProcessOf, running: () => running, logs, begun };
}

/** A logger for lines that no reader wants. */
const SILENT: Logger = { info() {}, warn() {}, error() {}, child: () => SILENT };
