import type { FunctionDescription } from '../description.ts';
import type { RunCredentials } from '../run-credentials.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import type { Invoke } from './invocation.ts';
import { startSandbox } from './sandbox.ts';

export interface FunctionHostOptions {
  readonly functions: readonly FunctionDescription[];
  readonly root: string;
  readonly maxSandboxes: number;
  readonly idleMs: number;
  readonly environmentOf: (fn: FunctionDescription) => Record<string, string>;
  readonly credentialsOf: (functionName: string) => RunCredentials;
  readonly onLog: (functionName: string, line: string) => void;
}

/** Runs the functions of a stack, each in its own processes. */
export interface FunctionHost {
  readonly invoke: Invoke;
  /** Later invocations run in new processes. Invocations at work end in their own. */
  renew(): void;
  sandboxes(): { functionName: string; pid: number }[];
  stop(): Promise<void>;
}

export function createFunctionHost(options: FunctionHostOptions): FunctionHost {
  const { functions, root, maxSandboxes, idleMs, environmentOf, credentialsOf, onLog } = options;
  const pools = new Map<string, FunctionPool>(
    functions.map((fn) => {
      const { name } = fn;
      const onLine = (line: string) => onLog(name, line);
      const credentials = credentialsOf(name);
      const pool = createFunctionPool({
        startSandbox: () => startSandbox({ fn, root, environment: environmentOf(fn), credentials, onLine }),
        maxSandboxes,
        idleMs,
      });
      return [name, pool];
    }),
  );

  return {
    async invoke(functionName, payload, wanted) {
      const pool = pools.get(functionName);
      if (!pool)
        throw new Error(
          `the stack has no function "${functionName}": local/stack/functions.ts declares them`,
        );
      return pool.invoke(payload, wanted);
    },
    renew() {
      for (const pool of pools.values()) pool.renew();
    },
    sandboxes: () =>
      [...pools].flatMap(([functionName, pool]) => pool.pids().map((pid) => ({ functionName, pid }))),
    async stop() {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
    },
  };
}
