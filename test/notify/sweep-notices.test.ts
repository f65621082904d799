import { expect, test } from 'vitest';
import { createNotifyBench, MINUTE } from './notify-bench.ts';

const target = { url: 'https://chat.example.com/hooks/1' };
const DAY = 24 * 60 * MINUTE;

/** A remediation that is `needs-human`, and whose process died before its notice was sent. */
async function crashed() {
  const bench = createNotifyBench([target]);
  await bench.open();
  bench.pass(MINUTE);
  await bench.change({ state: 'needs-human', why: 'its answer was lost' });
  bench.queue.length = 0;
  return bench;
}

test('what a crash between the write and the notice has lost is sent, and told once', async () => {
  const bench = await crashed();
  bench.pass(5 * MINUTE);
  expect(await bench.sweep()).toBe(1);
  expect(await bench.sweep()).toBe(1);
  await bench.deliver();
  expect(bench.hosts()).toEqual(['chat.example.com']);
  bench.pass(5 * MINUTE);
  expect(await bench.sweep()).toBe(0);
});

test('a notice that may be on its way, and one that comes too late, is not sent', async () => {
  const bench = await crashed();
  bench.pass(5 * MINUTE - 1);
  expect(await bench.sweep()).toBe(0);
  bench.pass(3 * DAY);
  expect(await bench.sweep()).toBe(0);
});

test('how long ago it came into its state counts, not when it was last written', async () => {
  const bench = await crashed();
  bench.pass(5 * MINUTE);
  await bench.change({ why: 'more is known' });
  expect(await bench.sweep()).toBe(1);
});

test('an undelivered notice is left to its message, be it on the queue or among the dead letters', async () => {
  const bench = createNotifyBench([target]);
  await bench.open();
  await bench.change({ state: 'failed' });
  bench.answers['chat.example.com'] = [{ outcome: 'failed', why: 'answered 503' }];
  await bench.deliver();
  bench.pass(60 * MINUTE);
  expect(await bench.sweep()).toBe(0);
});

test('of a state that was left and come into again, the last entry counts', async () => {
  const bench = createNotifyBench([target]);
  await bench.open();
  await bench.change({ state: 'needs-human' });
  await bench.deliver();
  for (const state of ['running', 'needs-human'] as const) {
    bench.pass(MINUTE);
    await bench.change({ state });
  }
  bench.queue.length = 0;
  bench.pass(5 * MINUTE);
  expect(await bench.sweep()).toBe(1);
  await bench.deliver();
  expect(bench.hosts()).toHaveLength(2);
});

test('is bounded, and goes on page by page', async () => {
  const bench = createNotifyBench([target]);
  for (let index = 0; index < 620; index += 1) {
    await bench.open({ id: `r-${index}` });
    await bench.change({ state: 'failed' }, `r-${index}`);
    bench.pass(1);
  }
  bench.queue.length = 0;
  bench.pass(5 * MINUTE);
  expect(await bench.sweep()).toBe(500);
});

test('without targets it reads nothing', async () => {
  const bench = createNotifyBench([]);
  bench.table.find = () => Promise.reject(new Error('read'));
  expect(await bench.sweep()).toBe(0);
});
