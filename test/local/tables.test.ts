import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startDynaliteStore } from '../ledger/dynalite-store.ts';

test('tables are closed behind the requests that are worked on, and nothing is thrown into the void', async () => {
  const thrown: unknown[] = [];
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => thrown.push(error));
  try {
    for (let run = 0; run < 3; run += 1) {
      const store = await startDynaliteStore();
      const writes = Array.from({ length: 100 }, (_, index) =>
        store
          .put({ pk: `x#${index}`, sk: '-', version: 1, writeId: 'w', value: 'x'.repeat(1000) }, 0)
          .catch(() => false),
      );
      // Some of them have been received by then.
      await Promise.any(writes);
      await store[Symbol.asyncDispose]();
      await Promise.all(writes);
      await setImmediate();
    }
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const listener of listeners) process.on('uncaughtException', listener);
  }
  expect(thrown).toEqual([]);
});
