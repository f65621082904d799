import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import * as z from 'zod';
import { throttle } from './throttle.ts';

const script = path.join(import.meta.dirname, 'one-process.cjs');

const Life = z.object({
  bootMs: z.number(),
  bootCpuMs: z.number(),
  initMs: z.number(),
  initCpuMs: z.number(),
  handled: z.array(
    z.object({
      ms: z.number(),
      cpuMs: z.number(),
      requests: z.number(),
      failed: z.union([z.literal(false), z.string()]),
    }),
  ),
  heaps: z.array(z.object({ events: z.number(), bytes: z.number() })),
});

/** The measurements of one process, in milliseconds. Node's own start is in `boot`. */
export type Life = z.output<typeof Life>;

export type LifeOptions = {
  /** Absolute path of the bundle. */
  bundle: string;
  events: readonly object[];
  environment: Record<string, string>;
  /** The share of one CPU, for the events alone: Lambda initialises with a whole one. @default 1 */
  share?: number;
  /** Measures the heap each time that so many events are handled. */
  heapEvery?: number;
  /** Writes a CPU profile of the events from this one on into the file. */
  profile?: { from: number; file: string };
};

/**
 * Runs a bundle in a fresh process over these events.
 *
 * @throws Error when it does not handle one of them
 */
export async function runProcess({
  bundle,
  events,
  environment,
  share = 1,
  profile,
  heapEvery,
}: LifeOptions): Promise<Life> {
  const child = spawn(process.execPath, [...(heapEvery === undefined ? [] : ['--expose-gc']), script], {
    env: { ...environment, BENCH_PROCESS: JSON.stringify({ bundle, profile, heapEvery }) },
  });
  let [said, complained] = ['', ''];
  let end: (() => Promise<unknown>) | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const wasReady = said.startsWith('ready\n');
    said += text;
    if (wasReady || !said.startsWith('ready\n')) return;
    if (share < 1 && child.pid !== undefined) end = throttle(child.pid, share);
    child.stdin.end(JSON.stringify(events));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complained += text;
  });
  child.stdin.on('error', () => {});
  await once(child, 'close');
  await end?.();

  const name = path.basename(bundle);
  // A stack trace begins with the line of a bundle, which has all of its code.
  if (child.exitCode !== 0) throw new Error(`${name} died over its events: ${complained.slice(-1000)}`);
  const life = Life.parse(JSON.parse(said.slice('ready\n'.length)));
  const failure = life.handled.find(({ failed }) => failed !== false)?.failed;
  if (failure) throw new Error(`${name} did not handle an event: ${failure} ${complained.slice(-1000)}`);
  return life;
}
