import type { ProcessWorld } from '#local/rehearsal/engine/process';

/** A function that waits on the clock of a world, in milliseconds. */
export function createPause({ scheduler }: Pick<ProcessWorld, 'scheduler'>): (ms: number) => Promise<void> {
  return (ms) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    scheduler.at(scheduler.now() + ms, resolve);
    return promise;
  };
}
