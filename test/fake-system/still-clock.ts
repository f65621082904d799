import { setImmediate } from 'node:timers/promises';
import type { Clock } from '#lib/clock';

export type StillClock = Clock & {
  advanceTo(time: string): Promise<void>;
  set(time: string): Promise<void>;
};

/** A clock that stands still until `advanceTo`. Then all sleepers wake in the order of their times. */
export function createStillClock(start: string): StillClock {
  let nowMs = Date.parse(start);
  let sleepers: { dueMs: number; wake: () => void }[] = [];
  return {
    now: () => nowMs,
    sleep: (durationMs, signal) =>
      new Promise((resolve, reject) => {
        sleepers.push({ dueMs: nowMs + durationMs, wake: resolve });
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
    async advanceTo(time) {
      for (;;) {
        const [next] = sleepers.toSorted((left, right) => left.dueMs - right.dueMs);
        if (!next || next.dueMs > Date.parse(time)) break;
        sleepers = sleepers.filter((other) => other !== next);
        nowMs = Math.max(nowMs, next.dueMs);
        next.wake();
        await setImmediate();
      }
      nowMs = Date.parse(time);
    },
    /** As a person or NTP does it. The sleepers go on sleeping for as long as they would have. */
    async set(time) {
      const byMs = Date.parse(time) - nowMs;
      nowMs += byMs;
      sleepers = sleepers.map((sleeper) => ({ ...sleeper, dueMs: sleeper.dueMs + byMs }));
    },
  };
}
