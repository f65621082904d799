import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createChance } from '#local/rehearsal/engine/chance';
import { createScheduler } from '#local/rehearsal/engine/scheduler';

test('between two happenings every promise goes on as far as it can', async () => {
  const scheduler = createScheduler(0, createChance(1));
  const order: string[] = [];
  async function long(): Promise<void> {
    for (let number = 0; number < 200; number += 1) await Promise.all([null, null].map(async () => number));
    order.push('the promises of the first');
  }
  scheduler.at(1, () => void long());
  scheduler.at(2, () => order.push('the second'));
  await scheduler.runUntil(3);
  expect(order).toEqual(['the promises of the first', 'the second']);
});

test('a long run of happenings lets the process see to the world outside', async () => {
  const scheduler = createScheduler(0, createChance(1));
  for (let atMs = 0; atMs < 2_000; atMs += 1) scheduler.at(atMs, () => {});
  const outside = setImmediate().then(() => scheduler.now());
  await scheduler.runUntil(3_000);
  expect(await outside).toBeLessThan(2_000);
});
