import type { Clock } from '#lib/clock';

export interface FakeClock extends Clock {
  /** Every wait that was asked for, in milliseconds. */
  readonly waits: number[];
  advance(durationMs: number): void;
}

/** A clock that stands still but for the waits it is asked for, which are over at once. */
export function fakeClock(startMs = Date.parse('2026-11-20T10:00:00Z')): FakeClock {
  let now = startMs;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    sleep: (durationMs, signal) => {
      signal?.throwIfAborted();
      waits.push(durationMs);
      now += durationMs;
      return Promise.resolve();
    },
    advance: (durationMs) => {
      now += durationMs;
    },
  };
}
