import { expect, test } from 'vitest';
import { createNotifyBench, MINUTE } from './notify-bench.ts';

const chat = { url: 'https://chat.example.com/hook', name: 'the chat' };
const pager = { url: 'https://pager.example.com/hook', name: 'the pager' };
const away = { outcome: 'failed', why: 'answered 503' } as const;

const titles = (bench: ReturnType<typeof createNotifyBench>, host: string) =>
  bench.posts.filter((post) => post.host === host).map(({ body }) => body.title);

test('a recipient that is away is known to the others after ten minutes, once, and again when it is back', async () => {
  const bench = createNotifyBench([chat, pager]);
  bench.answers['chat.example.com'] = [away, away, away, away, away, away];
  await bench.open();
  await bench.change({ state: 'failed' });
  for (let minute = 0; minute < 14; minute += 2) {
    await bench.deliver();
    bench.pass(2 * MINUTE);
  }
  await bench.deliver();
  expect(titles(bench, 'pager.example.com').slice(1)).toEqual(['Notices do not arrive (the chat)']);
  const { body } = bench.posts.filter(({ host }) => host === 'pager.example.com')[1]!;
  expect(body).toMatchObject({
    severity: 'critical',
    incident: 'recipient-silent',
    at: '2026-11-20T10:00:00.000Z',
  });
  expect(body.text).toContain('Why: it answered 503\n');
  for (let minute = 0; minute < 30; minute += 2) {
    bench.pass(2 * MINUTE);
    await bench.deliver();
  }
  expect(titles(bench, 'pager.example.com').slice(1)).toEqual([
    'Notices do not arrive (the chat)',
    'Notices arrive again (the chat)',
  ]);
  expect(titles(bench, 'chat.example.com').filter((title) => title.startsWith('Notices'))).toEqual([]);
  const threads = bench.posts
    .filter(({ body: { incident } }) => incident)
    .map(({ body: { thread } }) => thread);
  expect(new Set(threads).size).toBe(1);
  expect(bench.queue).toEqual([]);
});

test('a recipient that refuses is known at once', async () => {
  const bench = createNotifyBench([chat, pager]);
  bench.answers['chat.example.com'] = [{ outcome: 'refused', why: 'answered 404 no_service' }];
  await bench.open();
  await bench.change({ state: 'failed' });
  await bench.deliver();
  await bench.deliver();
  expect(titles(bench, 'pager.example.com')).toContain('Notices do not arrive (the chat)');
});

test('a failure of a moment is no news, like a success', async () => {
  const bench = createNotifyBench([chat, pager]);
  bench.answers['chat.example.com'] = [away];
  await bench.open();
  await bench.change({ state: 'failed' });
  for (let round = 0; round < 4; round += 1) {
    await bench.deliver();
    bench.pass(4 * MINUTE);
  }
  expect(bench.posts.map(({ body }) => body.kind)).toEqual(['remediation', 'remediation', 'remediation']);
});

test('if all are away, nothing goes round in a circle', async () => {
  const bench = createNotifyBench([chat, pager]);
  bench.answers['chat.example.com'] = Array.from({ length: 200 }, () => away);
  bench.answers['pager.example.com'] = Array.from({ length: 200 }, () => away);
  await bench.open();
  await bench.change({ state: 'failed' });
  for (let round = 0; round < 60; round += 1) {
    await bench.deliver();
    bench.pass(2 * MINUTE);
  }
  // The notice itself, and one about each of the two.
  expect(bench.queue.length).toBeLessThanOrEqual(3);
  expect(bench.deadLetters.length + bench.queue.length).toBe(3);
});

test('the pause between two attempts grows', async () => {
  const bench = createNotifyBench([chat]);
  bench.answers['chat.example.com'] = Array.from({ length: 40 }, () => away);
  await bench.open();
  await bench.change({ state: 'failed' });
  const minutes: number[] = [];
  const from = bench.now();
  for (let minute = 0; minute < 80; minute += 2) {
    const before = bench.posts.length;
    await bench.deliver();
    if (bench.posts.length > before) minutes.push((bench.now() - from) / MINUTE);
    bench.pass(2 * MINUTE);
  }
  expect(minutes).toEqual([0, 2, 4, 6, 10, 18, 34, 50, 66]);
});
