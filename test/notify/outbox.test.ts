import { describe, expect, test } from 'vitest';
import { remediationStates } from '#lib/rules/state';
import { createNotifyBench, MINUTE } from './notify-bench.ts';

const url = 'https://chat.example.com/hooks/1';

const states = (entries: readonly { state: string }[] = []) => entries.map(({ state }) => state);

describe('a remediation that enters a state', () => {
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

  test('leads to a notice from its first write on', async () => {
    const bench = createNotifyBench([{ url, when: ['skipped'] }]);
    await bench.open({}, 'a later firing was due');
    await bench.open({}, 'a later firing was due');
    expect(bench.waiting()).toEqual([
      { kind: 'remediation', id: 'r-1', state: 'skipped', since: '2026-11-20T10:00:00.000Z' },
    ]);
  });

  test('leads to another notice when it comes into it again, however little time has passed', async () => {
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

  test('is in the outbox until every recipient got the notice, and then among the told ones', async () => {
    const bench = createNotifyBench([{ url, when: ['needs-human', 'running'] }]);
    await bench.open();
    await bench.change({ state: 'needs-human' });
    bench.pass(1_000);
    await bench.change({ state: 'running' });
    const { untold, notified } = await bench.get();
    expect([states(untold), notified]).toEqual([['needs-human', 'running'], undefined]);
    bench.answers['chat.example.com'] = [{ outcome: 'told' }, { outcome: 'failed', why: 'answered 503' }];
    await bench.deliver();
    const half = await bench.get();
    expect([half.untold?.length, half.notified?.length]).toEqual([1, 1]);
    await bench.deliver();
    const told = await bench.get();
    expect([told.untold, states(told.notified).toSorted()]).toEqual([undefined, ['needs-human', 'running']]);
    expect(bench.hosts()).toHaveLength(3);
    expect(bench.waiting()).toEqual([]);
  });

  test('is in the outbox by the write itself, with any end afterwards', async () => {
    const bench = createNotifyBench([{ url, when: ['needs-human'] }]);
    await bench.open();
    bench.pass(MINUTE);
    await bench.change({ state: 'needs-human' });
    bench.queue.length = 0;
    await bench.change({ state: 'running' });
    bench.pass(5 * MINUTE);
    expect(await bench.sweep()).toBe(1);
    await bench.deliver();
    expect(bench.posts[0]?.body).toMatchObject({ state: 'needs-human', remediation: { state: 'running' } });
    expect((await bench.get()).untold).toBeUndefined();
  });

  test('leaves the outbox after three days, also where no recipient could be reached', async () => {
    const bench = createNotifyBench([{ url }]);
    await bench.open();
    bench.pass(MINUTE);
    await bench.change({ state: 'failed' });
    bench.answers['chat.example.com'] = [{ outcome: 'refused', why: 'answered 404' }];
    await bench.deliver();
    bench.pass(3 * 24 * 60 * MINUTE);
    await bench.sweep();
    expect((await bench.get()).untold).toHaveLength(1);
    bench.pass(1);
    await bench.sweep();
    expect((await bench.get()).untold).toBeUndefined();
    expect(await bench.table.find({ index: 'by-outbox', partition: 'untold', limit: 9 })).toEqual([]);
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
  expect((await bench.get()).untold).toHaveLength(1);
});

test('without recipients nothing is in any outbox', async () => {
  const bench = createNotifyBench([]);
  await bench.open();
  await bench.change({ state: 'needs-human' });
  expect((await bench.get()).untold).toBeUndefined();
  expect(bench.waiting()).toEqual([]);
});
