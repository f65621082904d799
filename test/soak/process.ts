import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';

const Said = z.union([
  z.object({ up: z.object({ url: z.string(), webhookToken: z.string(), consoleToken: z.string() }) }),
  z.object({ heap: z.number() }),
  z.object({ line: z.string() }),
]);

export type Door = { url: string; webhookToken: string; consoleToken: string };

/** A process of the system under test. */
export type RunningProcess = {
  door: Door;
  /** Its heap so far, measured in turn. */
  heap: number[];
  /** Ends it at once, as a crash of the machine would. */
  kill(): Promise<void>;
  /** Ends it as a service manager does. */
  end(): Promise<void>;
};

/** Starts the system on a data folder, and waits until it is up. */
export async function startProcess(
  data: string,
  environment: Readonly<Record<string, string>>,
): Promise<RunningProcess> {
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      '--import',
      path.join(import.meta.dirname, 'shifted-clock.mjs'),
      path.join(import.meta.dirname, 'system.ts'),
      data,
    ],
    { env: { PATH: process.env['PATH'], ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const heap: number[] = [];
  let errors = '';
  child.stderr.on('data', (text: Buffer) => {
    errors = `${errors}${text.toString()}`.slice(-4_000);
  });
  const up = Promise.withResolvers<Door>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = Said.parse(JSON.parse(line));
    if ('up' in said) up.resolve(said.up);
    if ('heap' in said) heap.push(said.heap);
  });
  const ended = once(child, 'close');
  void ended.then(([code]) => up.reject(new Error(`the system has ended with ${String(code)}:\n${errors}`)));
  const door = await up.promise;
  return { door, heap, kill: () => end(child, ended, 'SIGKILL'), end: () => end(child, ended, 'SIGTERM') };
}

async function end(
  child: ChildProcess,
  ended: Promise<unknown>,
  signal: 'SIGKILL' | 'SIGTERM',
): Promise<void> {
  child.kill(signal);
  await ended;
}
