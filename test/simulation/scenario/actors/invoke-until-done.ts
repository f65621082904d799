import type { Deployment } from '#local/rehearsal/cloud/deployment';
import type { ProcessWorld } from '#local/rehearsal/engine/process';
import { createPause } from './pause.ts';

/** One run of a function that a schedule starts: when it began, and when it had succeeded. Epoch milliseconds. */
export type DoneRun = { by: string; atMs: number; endedAtMs: number };

/** The timeout of a function that a schedule starts. */
export const TIMEOUT_MS = 60_000;

/** Lambda invokes a function again that failed, twice. */
export const TRIES = 3;

type Invoke = Parameters<Deployment['invoke']>;

/** Starts a function so many times at once, each time until it has succeeded or has failed three times. */
export async function invokeUntilDone(
  { scheduler, chance }: Pick<ProcessWorld, 'scheduler' | 'chance'>,
  deployment: Deployment,
  { id, times, name }: { id: string; times: number; name: Invoke[0] },
  run: Invoke[2],
  onDone: (done: DoneRun) => void,
): Promise<void> {
  const pause = createPause({ scheduler });
  await Promise.all(
    Array.from({ length: times }, async (_, number) => {
      for (let attempt = 1; attempt <= TRIES; attempt += 1) {
        const atMs = scheduler.now();
        const ended = await deployment.invoke(name, TIMEOUT_MS, run);
        if (ended.kind === 'returned') return onDone({ by: ended.by, atMs, endedAtMs: scheduler.now() });
        await pause(chance.between(60, 120, `${id}/${number}/${attempt}`) * 1000);
      }
    }),
  );
}
