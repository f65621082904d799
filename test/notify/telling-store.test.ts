import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { createLogger } from '#lib/log';
import { createTellingStore } from '#lib/notify/telling-store';
import { remediationStates } from '#lib/rules/state';
import { createNotifyBench } from './notify-bench.ts';

const url = 'https://chat.example.com/hooks/1';

describe('a remediation that comes into a state', () => {
  test.each(remediationStates)(
    '%s: there is one notice where it is wanted, and none where it is not',
    async (state) => {
      const others = remediationStates.filter((other) => other !== state);
      for (const { when, expected } of [
        { when: [state], expected: [{ kind: 'remediation', id: 'r-1', state }] },
        { when: others, expected: [] },
      ]) {
        const bench = createNotifyBench([{ url, when }]);
        await bench.open();
        bench.pass(1_000);
        await bench.change({ state });
        bench.pass(1_000);
        await bench.change({ why: 'more is known' });
        expect(
          bench.waiting().filter((notice) => notice.kind !== 'remediation' || notice.state === state),
        ).toMatchObject(expected);
      }
    },
  );

  test('is told of from its first write on', async () => {
    const bench = createNotifyBench([{ url, when: ['skipped'] }]);
    await bench.open({}, 'a later firing was due');
    await bench.open({}, 'a later firing was due');
    expect(bench.waiting()).toEqual([
      { kind: 'remediation', id: 'r-1', state: 'skipped', since: '2026-11-20T10:00:00.000Z' },
    ]);
  });

  test('is told of again when it comes into it again, however little time has passed', async () => {
    const bench = createNotifyBench([{ url }]);
    await bench.open();
    for (const state of ['needs-human', 'running', 'needs-human'] as const) await bench.change({ state });
    bench.pass(-2_000);
    for (const state of ['running', 'needs-human'] as const) await bench.change({ state });
    expect(bench.waiting()).toHaveLength(3);
    await bench.deliver();
    expect(bench.posts).toHaveLength(3);
    expect(new Set(bench.posts.map(({ body }) => body.id)).size).toBe(3);
    expect((await bench.get()).notified).toHaveLength(3);
  });

  test('is not told of again by who marks, or finds, that it was told', async () => {
    const bench = createNotifyBench([{ url, when: ['needs-human', 'running'] }]);
    await bench.open();
    await bench.change({ state: 'needs-human' });
    await bench.change({ state: 'running' });
    await bench.deliver();
    expect(bench.hosts()).toHaveLength(2);
    const document = (await bench.table.get({ pk: 'remediation#r-1', sk: '-' }))!;
    await bench.store.put({ ...document, version: document.version + 1 }, document.version);
    expect(bench.waiting()).toEqual([]);
  });
});

test('a write stands when its notice cannot be sent', async () => {
  const bench = createNotifyBench([{ url }]);
  await bench.open();
  bench.faults.sending = true;
  expect(await bench.change({ state: 'failed' })).toMatchObject({
    written: true,
    value: { state: 'failed' },
  });
  expect(bench.logs.join()).toContain('a notice could not be sent');
});

test('a write that lost its race tells nothing', async () => {
  const bench = createNotifyBench([{ url, when: ['submitting'] }]);
  await bench.open();
  const document = (await bench.table.get({ pk: 'remediation#r-1', sk: '-' }))!;
  expect(await bench.store.put(document, 7)).toBe(false);
  expect(bench.waiting()).toHaveLength(1);
});

test('without targets the store is the table itself', () => {
  const table = createMemoryStore();
  const queue = { send: () => Promise.reject(new Error('asked')) };
  expect(createTellingStore(table, { notify: [] }, queue, createLogger({}))).toBe(table);
});
