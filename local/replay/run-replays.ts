import os from 'node:os';
import { Worker } from 'node:worker_threads';
import { inTurn } from '#lib/concurrency';
import { type ReplayOptions, type ReplayResult, runReplay } from './run-replay.ts';

/** A message of a thread: the progress of its replay, or its result. */
export type SaidByReplay = { kind: 'progress'; share: number } | { kind: 'result'; result: ReplayResult };

/** A thread loads the engine anew, which is as much work as so many deliveries. */
const WORTH_A_THREAD = 500;

/** This file is TypeScript in a checkout, and a part of a bundle in the package: local/build/build-package.ts. */
const thread = new URL(
  import.meta.url.endsWith('.ts') ? './replay-thread.ts' : './replay-thread.mjs',
  import.meta.url,
);

type Run = Omit<ReplayOptions, 'onProgress'>;

/**
 * Replays that know nothing of each other, at the same time, if the machine has processors for them and they are long. Each result is the
 * one of `runReplay`, in the order of `runs`.
 *
 * @param onProgress hears of the share of all runs that is done, 0 to 1
 * @param processors as many run at the same time
 * @param worthAThread the deliveries of a long history
 */
export async function runReplays(
  runs: readonly Run[],
  onProgress: (share: number) => void = () => {},
  { processors = os.availableParallelism(), worthAThread = WORTH_A_THREAD } = {},
): Promise<ReplayResult[]> {
  const shares = runs.map(() => 0);
  const progressOf = (index: number) => (share: number) => {
    shares[index] = share;
    onProgress(shares.reduce((sum, one) => sum + one, 0) / runs.length);
  };
  const isShort = runs.every(({ history }) => history.deliveries.length < worthAThread);
  const atOnce = isShort ? 1 : Math.max(1, processors);
  return inTurn([...runs.entries()], atOnce, ([index, run]) =>
    // One of them needs no thread, because this one has nothing else to do.
    index === 0 || atOnce === 1
      ? runReplay({ ...run, onProgress: progressOf(index) })
      : runInThread(run, progressOf(index)),
  );
}

function runInThread(run: Run, onProgress: (share: number) => void): Promise<ReplayResult> {
  const { promise, resolve, reject } = Promise.withResolvers<ReplayResult>();
  const worker = new Worker(thread, { workerData: run });
  worker.on('message', (said: SaidByReplay) => {
    if (said.kind === 'progress') onProgress(said.share);
    else resolve(said.result);
  });
  worker.on('error', reject);
  worker.on('exit', (code) =>
    reject(new Error(`a thread of the replay ended with ${code} before its result`)),
  );
  return promise;
}
