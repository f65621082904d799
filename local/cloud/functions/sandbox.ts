import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FunctionDescription } from '../description.ts';
import type { RunCredentials } from '../run-credentials.ts';
import { failedInvocation, type InvocationResult } from './invocation.ts';
import { type RuntimeApi, startRuntimeApi } from './runtime-api.ts';

export interface SandboxOptions {
  readonly fn: FunctionDescription;
  /** The checkout. It stands in for the function's zip file. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The credentials that its runtime must present. They are in its environment, too. */
  readonly credentials: RunCredentials;
  /** Gets every line that the function writes to standard output or standard error. */
  readonly onLine: (line: string) => void;
}

/** A process that runs one function, one invocation at a time. */
export interface Sandbox {
  readonly pid: number | undefined;
  /** Call it again only after {@link ready} has settled. */
  invoke(payload: string): Promise<InvocationResult>;
  /** Settles when the runtime asks for an invocation. It never settles if the process ends first. */
  ready(): Promise<void>;
  /** Settles when the process has ended, for any reason. */
  readonly ended: Promise<unknown>;
  /** Ends the process by SIGTERM, and by SIGKILL a second later if it still runs. */
  stop(): Promise<void>;
}

const bootstrap = fileURLToPath(new URL('bootstrap.mjs', import.meta.url));
/** Lambda gives a runtime 10 seconds to start. This machine may be busy with other work, so the limit here is longer. */
const initLimitMs = 60_000;
const terminationGraceMs = 1000;

/** Starts a process for a function. A failure of the process is part of the result of the invocation. */
export async function startSandbox({
  fn,
  root,
  environment,
  credentials,
  onLine,
}: SandboxOptions): Promise<Sandbox> {
  const runtimeApi = await startRuntimeApi(credentials);
  // As in AWS's own runtime, the garbage collector knows the memory limit of the function.
  const heap = `--max-old-space-size=${Math.floor(fn.memoryMb * 0.9)}`;
  const child = spawn(process.execPath, [heap, bootstrap], {
    cwd: root,
    env: { ...environment, AWS_LAMBDA_RUNTIME_API: runtimeApi.address },
    stdio: 'pipe',
  });
  // The process may be killed at any time; `ended` handles that.
  child.stdin.on('error', () => {});
  createInterface({ input: child.stdout }).on('line', onLine);
  createInterface({ input: child.stderr }).on('line', onLine);
  /** Ends the invocation in progress, if there is one. */
  let settle: ((result: InvocationResult) => void) | undefined;
  let end: InvocationResult | undefined;
  const ended = endOf(child, runtimeApi).then((how) => {
    end = failedInvocation('Runtime.ExitError', how);
    settle?.(end);
    return end;
  });
  void runtimeApi.initFailed.then((result) => settle?.(result));

  /** Kills the process after a time, even during an invocation. Clear the timer to cancel this. */
  function killAfter(limitMs: number, problem: string): NodeJS.Timeout {
    return setTimeout(() => {
      onLine(problem);
      settle?.(failedInvocation('Sandbox.Timedout', problem));
      child.kill('SIGKILL');
    }, limitMs);
  }

  async function invoke(payload: string): Promise<InvocationResult> {
    const { promise, resolve } = Promise.withResolvers<InvocationResult>();
    settle = resolve;
    if (end) return end;
    let timer = killAfter(initLimitMs, 'Runtime did not start within 60 seconds');
    void runtimeApi.asked().then(() => {
      clearTimeout(timer);
      timer = killAfter(
        fn.timeoutSeconds * 1000,
        `Task timed out after ${fn.timeoutSeconds.toFixed(2)} seconds`,
      );
      // The function compares the deadline with its own clock, which is the system's.
      const deadlineMs = Date.now() + fn.timeoutSeconds * 1000;
      const requestId: string = randomUUID();
      return runtimeApi.deliver({ requestId, payload, deadlineMs, functionArn: fn.arn }).then(resolve);
    });
    const result = await promise;
    clearTimeout(timer);
    settle = undefined;
    return result;
  }

  return {
    pid: child.pid,
    invoke,
    ended,
    ready: () => runtimeApi.asked(),
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), terminationGraceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Settles when the process has ended, with Lambda's error message for this end. */
async function endOf(child: ChildProcess, runtimeApi: RuntimeApi): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  child.once('error', (error) => resolve(`Runtime could not be started: ${error.message}`));
  child.once('exit', (code, signal) => {
    if (signal !== null)
      resolve(`Runtime exited with error: signal: ${signal === 'SIGKILL' ? 'killed' : signal}`);
    else if (code === 0) resolve('Runtime exited without providing a reason');
    else resolve(`Runtime exited with error: exit status ${code}`);
  });
  const how = await promise;
  await runtimeApi.close();
  return how;
}
