import { describe, expect, test } from 'vitest';
import { SECRETS } from './kinds/recipients.ts';
import { createNotifyBench, MINUTE, type Target } from './notify-bench.ts';

const HOST = 'events.pagerduty.com';
const pager: Target = { kind: 'pagerduty', routingKey: '${secret:PAGER}' };
const away = { outcome: 'failed', why: 'answered 503' } as const;

function createAlarmBench(...targets: Target[]) {
  const bench = createNotifyBench(targets, { PAGER: SECRETS.PAGER });
  return {
    ...bench,
    /** A remediation enters a state, and its notice is delivered. */
    async enter(state: any, id = 'r-1') {
      bench.pass(MINUTE);
      await bench.change({ state }, id);
      await bench.deliver();
    },
    /** The events that PagerDuty has got, such as `trigger r-1`. */
    events: () =>
      bench
        .delivered(HOST)
        .filter(({ delivery }) => delivery.outcome === 'told')
        .map(({ body }) => `${body.event_action} ${body.dedup_key.replace('poolkeeper/', '')}`),
  };
}

describe('an incident at PagerDuty', () => {
  test.each(['succeeded', 'rejected', 'skipped'])(
    'is resolved when its remediation is %s, also if its recipient wants other states',
    async (state) => {
      const bench = createAlarmBench({ ...pager, severity: 'error' });
      await bench.open();
      for (const one of ['awaiting-approval', 'failed', 'running', state]) await bench.enter(one);
      expect(bench.events()).toEqual(['trigger r-1', 'resolve r-1']);
      expect((await bench.get()).untold).toBeUndefined();
    },
  );

  test('is resolved by a later remediation of its ladder, once', async () => {
    const bench = createAlarmBench(pager);
    for (const id of ['r-1', 'r-2', 'r-3']) await bench.open({ id, nodes: [`os-${id}`] });
    for (const id of ['r-2', 'r-3']) await bench.change({ ladder: { root: 'r-1', rung: 1 } }, id);
    await bench.enter('failed', 'r-1');
    await bench.enter('succeeded', 'r-2');
    await bench.enter('succeeded', 'r-3');
    expect(bench.events()).toEqual(['trigger r-1', 'resolve r-1']);
  });

  test('that comes again after its end is resolved again', async () => {
    const bench = createAlarmBench(pager);
    await bench.open();
    for (const state of ['failed', 'succeeded', 'failed', 'succeeded']) await bench.enter(state);
    expect(bench.events()).toEqual(['trigger r-1', 'resolve r-1', 'trigger r-1', 'resolve r-1']);
  });

  test('is resolved at its end, though it heard in between that a person is at work on it', async () => {
    const bench = createAlarmBench({ ...pager, when: ['failed', 'running'] });
    await bench.open();
    for (const state of ['failed', 'running', 'succeeded']) await bench.enter(state);
    expect(bench.events().at(-1)).toBe('resolve r-1');
  });

  test('is resolved later if PagerDuty is away', async () => {
    const bench = createAlarmBench(pager);
    await bench.open();
    await bench.enter('failed');
    bench.answers[HOST] = [away];
    await bench.enter('succeeded');
    expect(bench.events()).toEqual(['trigger r-1']);
    bench.pass(2 * MINUTE);
    await bench.deliver();
    expect(bench.events()).toEqual(['trigger r-1', 'resolve r-1']);
  });

  test('is not begun by a notice that arrives after the end', async () => {
    const bench = createAlarmBench(pager);
    await bench.open();
    bench.answers[HOST] = [away];
    await bench.enter('awaiting-approval');
    await bench.enter('succeeded');
    bench.pass(2 * MINUTE);
    await bench.deliver();
    expect(bench.events().filter((event) => !event.startsWith('resolve'))).toEqual([]);
    expect(bench.queue).toEqual([]);
  });

  test('is resolved as before, without a memory of it, where the recipient wants to hear of the end', async () => {
    const bench = createAlarmBench({ ...pager, when: ['succeeded'] });
    await bench.open();
    await bench.enter('succeeded');
    expect(bench.events()).toEqual(['resolve r-1']);
  });
});

describe('PagerDuty gets no event', () => {
  test('and no notice is sent, when a remediation without an earlier notice ends well', async () => {
    const bench = createAlarmBench(pager);
    await bench.open();
    bench.pass(MINUTE);
    await bench.change({ state: 'succeeded' });
    expect([bench.queue, (await bench.get()).untold]).toEqual([[], undefined]);
  });

  test('when only others have heard of the remediation, and nothing is left to tell', async () => {
    const chat: Target = { url: 'https://chat.example.com/hook', when: ['awaiting-approval'] };
    const bench = createAlarmBench(chat, { ...pager, severity: 'critical' });
    await bench.open();
    for (const state of ['awaiting-approval', 'succeeded']) await bench.enter(state);
    expect(bench.hosts()).toEqual(['chat.example.com']);
    const { notified, untold } = await bench.get();
    expect([notified?.map(({ state }) => state), untold]).toEqual([
      ['awaiting-approval', 'succeeded'],
      undefined,
    ]);
    expect(bench.queue).toEqual([]);
  });

  test.each([{ pools: ['train-b'] }, { rules: ['other'] }])(
    'about what it does not take: %j',
    async (filter) => {
      const chat: Target = { url: 'https://chat.example.com/hook', when: ['failed'] };
      const bench = createNotifyBench(
        [chat, { ...pager, ...filter }],
        { PAGER: SECRETS.PAGER },
        {
          ruleNames: ['other'],
        },
      );
      await bench.open();
      await bench.change({ state: 'failed' });
      bench.pass(MINUTE);
      await bench.change({ state: 'succeeded' });
      expect(bench.waiting()).toHaveLength(1);
    },
  );
});

test('a chat hears of an end only if it wants to', async () => {
  const chat: Target = { url: 'https://chat.example.com/hook', when: ['failed'] };
  const bench = createAlarmBench(chat, pager);
  await bench.open();
  for (const state of ['failed', 'succeeded']) await bench.enter(state);
  expect(bench.hosts().toSorted()).toEqual(['chat.example.com', HOST, HOST]);
});
