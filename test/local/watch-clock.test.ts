import { expect, it } from 'vitest';
import { watchClock } from '#local/cloud/watch-clock';

/** Watches a clock that runs beside a steady one, and is set by so much after each interval. */
async function jumpsOf(sets: readonly number[]): Promise<number[]> {
  let steadyMs = 1_000;
  let aheadMs = Date.parse('2026-11-20T10:00:00Z');
  const left = [...sets];
  const jumps: number[] = [];
  const ending = new AbortController();
  const watching = watchClock({
    onJump: (jumpMs) => jumps.push(jumpMs),
    signal: ending.signal,
    now: () => aheadMs + steadyMs,
    steady: () => steadyMs,
    sleep(ms) {
      const set = left.shift();
      if (set === undefined) return Promise.reject(new Error('over'));
      steadyMs += ms;
      aheadMs += set;
      return Promise.resolve();
    },
  });
  await expect(watching).rejects.toThrow('over');
  return jumps;
}

it('reports each jump of the clock once, with its size', async () => {
  expect(await jumpsOf([0, 3_600_000, 0, 0, -7_200_000, 0])).toEqual([3_600_000, -7_200_000]);
});

it('passes over the small steps of NTP', async () => {
  expect(await jumpsOf([50, -900, 5_000])).toEqual([]);
});
