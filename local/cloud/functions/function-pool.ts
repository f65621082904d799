import { failedInvocation, type InvocationResult } from './invocation.ts';
import type { Sandbox } from './sandbox.ts';

export interface FunctionPoolOptions {
  readonly startSandbox: () => Promise<Sandbox>;
  /** The maximum number of sandboxes. Further invocations wait for one; AWS would throttle them. */
  readonly maxSandboxes: number;
  /** The pool ends a sandbox after this time without work. */
  readonly idleMs: number;
}

/** The sandboxes of one function. They start on demand and are used again while they are warm. */
export interface FunctionPool {
  /** @param wanted aborts when the result is not needed: see `Invoke` */
  invoke(payload: string, wanted?: AbortSignal): Promise<InvocationResult>;
  /** From now on only sandboxes that start after this call begin an invocation. The others end; one at work ends after its invocation. */
  renew(): void;
  /** The processes that exist now. */
  pids(): number[];
  /** Ends every sandbox. Waiting and running invocations end with an error. */
  stop(): Promise<void>;
}

/** In place of a sandbox, for an invocation whose client has gone. */
const WITHDRAWN = Symbol('withdrawn');

/** Absent: the pool has stopped. */
type Acquired = Sandbox | typeof WITHDRAWN | undefined;

export function createFunctionPool({
  startSandbox,
  maxSandboxes,
  idleMs,
}: FunctionPoolOptions): FunctionPool {
  const sandboxes = new Set<Sandbox>();
  /** The last used sandbox comes first, so that the others become idle after a burst. */
  const idle: { sandbox: Sandbox; timer: NodeJS.Timeout }[] = [];
  /** The sandboxes that have reported a result and will soon ask for the next invocation. */
  const finishing = new Set<Sandbox>();
  /** The sandboxes from before the last `renew`. */
  const old = new WeakSet<Sandbox>();
  let generation = 0;
  const waiting: ((sandbox: Acquired | Promise<Acquired>) => void)[] = [];
  let starting = 0;
  let stopped = false;

  async function invoke(payload: string, wanted?: AbortSignal): Promise<InvocationResult> {
    try {
      const sandbox = await acquire(wanted);
      if (sandbox === WITHDRAWN)
        return failedInvocation('Sandbox.Withdrawn', 'No client waits for the result');
      if (!sandbox) return failedInvocation('Sandbox.Stopped', 'The local system is stopping');
      const result = await sandbox.invoke(payload);
      if (sandboxes.has(sandbox)) finishing.add(sandbox);
      void sandbox.ready().then(() => release(sandbox));
      return result;
    } catch (error) {
      return failedInvocation('Sandbox.Error', `The sandbox could not be started: ${String(error)}`);
    }
  }

  function acquire(wanted?: AbortSignal): Acquired | Promise<Acquired> {
    if (stopped) return undefined;
    if (wanted?.aborted) return WITHDRAWN;
    const warm = idle.pop();
    clearTimeout(warm?.timer);
    if (warm) return warm.sandbox;
    const soonFree = finishing.size > waiting.length;
    if (!soonFree && sandboxes.size + starting < maxSandboxes) return start();
    return waitForOne(wanted);
  }

  /** An invocation without a client leaves the line: a burst of requests that time out costs nothing later. */
  async function waitForOne(wanted: AbortSignal | undefined): Promise<Acquired> {
    const { promise, resolve } = Promise.withResolvers<Acquired>();
    const withdraw = (): void => {
      const place = waiting.indexOf(resolve);
      if (place !== -1) waiting.splice(place, 1);
      resolve(WITHDRAWN);
    };
    waiting.push(resolve);
    wanted?.addEventListener('abort', withdraw, { once: true });
    const sandbox = await promise;
    wanted?.removeEventListener('abort', withdraw);
    return sandbox;
  }

  function release(sandbox: Sandbox): void {
    finishing.delete(sandbox);
    if (stopped || !sandboxes.has(sandbox)) return;
    if (old.has(sandbox)) return retire(sandbox);
    const next = waiting.shift();
    if (next) next(sandbox);
    else idle.push({ sandbox, timer: setTimeout(() => retire(sandbox), idleMs) });
  }

  async function start(): Promise<Sandbox> {
    starting += 1;
    const own = generation;
    const sandbox = await startSandbox().finally(() => {
      starting -= 1;
    });
    sandboxes.add(sandbox);
    if (own !== generation) old.add(sandbox);
    void sandbox.ended.then(() => forget(sandbox));
    if (stopped) await sandbox.stop();
    return sandbox;
  }

  function forget(sandbox: Sandbox): void {
    sandboxes.delete(sandbox);
    finishing.delete(sandbox);
    unpark(sandbox);
    if (!stopped) waiting.shift()?.(start());
  }

  function retire(sandbox: Sandbox): void {
    unpark(sandbox);
    void sandbox.stop();
  }

  function unpark(sandbox: Sandbox): void {
    const position = idle.findIndex((parked) => parked.sandbox === sandbox);
    if (position === -1) return;
    clearTimeout(idle[position]?.timer);
    idle.splice(position, 1);
  }

  return {
    invoke,
    renew() {
      generation += 1;
      for (const sandbox of sandboxes) old.add(sandbox);
      for (const { sandbox, timer } of idle.splice(0)) {
        clearTimeout(timer);
        void sandbox.stop();
      }
    },
    pids: () => [...sandboxes].flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
    async stop() {
      stopped = true;
      for (const refuse of waiting.splice(0)) refuse(undefined);
      for (const { timer } of idle.splice(0)) clearTimeout(timer);
      await Promise.all([...sandboxes].map((sandbox) => sandbox.stop()));
    },
  };
}
