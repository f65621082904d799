import type { createBench } from './bench.ts';

type Bench = Pick<ReturnType<typeof createBench>, 'store' | 'drain'>;

/** A function that stands still before one of its writes. */
export type StandStill = {
  /** Whether it came to that write, or ended before. */
  stood: boolean;
  /** How many writes it had begun when it stood still or ended. */
  writes: number;
  /** Lets it go on, and waits for its end. */
  goOn: () => Promise<void>;
};

/**
 * Lets a function take the messages that wait for it, and stops it before its write number `pauseAt`, counted from 1. The writes of
 * others go on. The messages that it took are off the queue: put a copy of them back for another process.
 */
export async function standStillAt(
  bench: Bench,
  pauseAt: number,
  queue: 'commands' | 'follow' = 'commands',
): Promise<StandStill> {
  const { put } = bench.store;
  const stood = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  let writes = 0;
  bench.store.put = async (document, version) => {
    writes += 1;
    if (writes === pauseAt) {
      stood.resolve();
      await gate.promise;
    }
    return put(document, version);
  };
  const slow = bench.drain(queue);
  await Promise.race([slow, stood.promise]);
  bench.store.put = put;
  return {
    stood: writes >= pauseAt,
    writes,
    async goOn() {
      gate.resolve();
      await slow;
    },
  };
}
