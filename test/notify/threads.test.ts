import { describe, expect, test } from 'vitest';
import { threadRecordKey } from '#lib/ledger/notices/thread-record';
import { checkRequest } from './kinds/receivers.ts';
import { SECRETS } from './kinds/recipients.ts';
import { createNotifyBench, MINUTE, type Target } from './notify-bench.ts';

const DAY = 24 * 60 * MINUTE;
const HOST = 'slack.com';
const bot: Target = {
  kind: 'slack',
  token: '${secret:BOT}',
  channel: 'C0123456789',
  digest: '0s',
  when: ['awaiting-approval', 'running', 'succeeded', 'failed', 'needs-human', 'deferred'],
};

/** A bench whose Slack names the messages 1.0, 2.0 and so on, and a reply by its thread. */
function createThreadBench(target: Partial<Target> = {}) {
  const bench = createNotifyBench([{ ...bot, ...target }], { BOT: SECRETS.BOT, SLACK: SECRETS.SLACK });
  let messages = 0;
  const { post } = bench.services;
  bench.services.post = async (request) => {
    const delivery = await post(request);
    messages += 1;
    return delivery.outcome === 'told' && delivery.thread === undefined
      ? { outcome: 'told', thread: bench.posts.at(-1)!.body.thread_ts ?? `${messages}.0` }
      : delivery;
  };
  return {
    ...bench,
    /** A remediation enters a state, and its notice is delivered. */
    async enter(state: any, id = 'r-1') {
      bench.pass(MINUTE);
      await bench.change({ state }, id);
      await bench.deliver();
    },
    threads: () => bench.posts.map(({ body }) => body.thread_ts),
    records: () => bench.table.documents().filter(({ pk }) => pk.startsWith('thread#')),
  };
}

describe('a bot of Slack', () => {
  test('posts the first notice of a remediation, and replies to it with the later ones', async () => {
    const bench = createThreadBench();
    await bench.open();
    for (const state of ['awaiting-approval', 'running', 'failed', 'succeeded']) await bench.enter(state);
    for (const { request } of bench.posts) await checkRequest('slack-bot', request, bench.now());
    expect(bench.threads()).toEqual([undefined, '1.0', '1.0', '1.0']);
    expect(bench.posts.map(({ body }) => body.reply_broadcast)).toEqual([
      undefined,
      undefined,
      true,
      undefined,
    ]);
    expect(bench.records()).toHaveLength(1);
  });

  test('has a thread for each remediation, and one for all rungs of a ladder', async () => {
    const bench = createThreadBench();
    await bench.open();
    await bench.open({ id: 'r-2', nodes: ['os-node-2'] });
    await bench.open({ id: 'r-3', nodes: ['os-node-3'] });
    await bench.change({ ladder: { root: 'r-1', rung: 1 } }, 'r-3');
    await bench.enter('failed');
    await bench.enter('failed', 'r-2');
    await bench.enter('needs-human', 'r-3');
    await bench.enter('succeeded', 'r-2');
    expect(bench.threads()).toEqual([undefined, undefined, '1.0', '2.0']);
  });

  test('goes on in the thread that Slack has begun, if a person has deleted the first message', async () => {
    const bench = createThreadBench();
    await bench.open();
    await bench.enter('awaiting-approval');
    bench.answers[HOST] = [{ outcome: 'told', thread: '9.0' }];
    await bench.enter('running');
    await bench.enter('failed');
    expect(bench.threads()).toEqual([undefined, '1.0', '9.0']);
  });

  test('posts a message of its own if Slack refuses the reply, and later ones reply to that', async () => {
    const bench = createThreadBench();
    await bench.open();
    await bench.enter('awaiting-approval');
    bench.answers[HOST] = [
      { outcome: 'refused', why: 'answered 200 with cannot_reply_to_message' },
      { outcome: 'told', thread: '9.0' },
    ];
    await bench.enter('running');
    await bench.enter('failed');
    expect(bench.threads()).toEqual([undefined, '1.0', undefined, '9.0']);
    expect([bench.queue, bench.deadLetters]).toEqual([[], []]);
  });

  test.each([
    ['cannot be read', { thread: 7 }],
    ['is that of another version', {}],
  ])('begins a new thread if its memory %s', async (_, value) => {
    const bench = createThreadBench();
    await bench.open();
    await bench.enter('awaiting-approval');
    const [record] = bench.records();
    await bench.table.put({ ...record!, version: record!.version + 1, value }, record!.version);
    await bench.enter('failed');
    expect(bench.threads()).toEqual([undefined, undefined]);
    expect((await bench.get()).notified).toHaveLength(2);
    expect([bench.queue, bench.deadLetters]).toEqual([[], []]);
  });

  test('loses its threads and no notice while the ledger keeps the memory away', async () => {
    const bench = createThreadBench();
    const { get, put } = bench.table;
    bench.table.get = async (key) => {
      if (key.pk.startsWith('thread#')) throw new Error('throttled');
      return get(key);
    };
    bench.table.put = async (document, version) => {
      if (document.pk.startsWith('thread#')) throw new Error('throttled');
      return put(document, version);
    };
    await bench.open();
    await bench.enter('awaiting-approval');
    await bench.enter('failed');
    expect(bench.threads()).toEqual([undefined, undefined]);
    expect((await bench.get()).notified).toHaveLength(2);
    expect(bench.logs.join('\n')).toContain('the thread of a notice is not known');
  });

  test('begins a new thread after a week', async () => {
    const bench = createThreadBench();
    await bench.open();
    await bench.enter('awaiting-approval');
    bench.pass(7 * DAY);
    await bench.enter('failed');
    await bench.enter('needs-human');
    expect(bench.threads()).toEqual([undefined, undefined, '2.0']);
  });

  test('forgets a thread a week after its first message', async () => {
    const bench = createThreadBench();
    await bench.open();
    await bench.enter('failed');
    expect(bench.records()).toMatchObject([{ expiresAt: (bench.now() + 7 * DAY) / 1000 }]);
  });

  test('tries a reply that failed again in its thread', async () => {
    const bench = createThreadBench();
    await bench.open();
    await bench.enter('awaiting-approval');
    bench.answers[HOST] = [{ outcome: 'failed', why: 'answered 503' }];
    await bench.enter('failed');
    bench.pass(2 * MINUTE);
    await bench.deliver();
    expect(bench.threads()).toEqual([undefined, '1.0', '1.0']);
  });

  test('keeps two first notices at the same time apart, and the rest together', async () => {
    const bench = createThreadBench();
    await bench.open();
    await bench.change({ state: 'awaiting-approval' });
    bench.pass(10);
    await bench.change({ state: 'failed' });
    await bench.deliver();
    await bench.enter('needs-human');
    expect(bench.threads()).toEqual([undefined, undefined, '1.0']);
  });
});

/** A list about one remediation opens a thread; then these enter two states each, in a further list. */
async function listOf(ids: readonly string[]) {
  const bench = createThreadBench({ digest: '5m' });
  for (const id of ['r-1', 'r-2']) await bench.open({ id, nodes: [`os-${id}`] });
  await bench.enter('deferred');
  bench.pass(5 * MINUTE);
  await bench.deliver();
  for (const id of ids) {
    await bench.enter('awaiting-approval', id);
    await bench.enter('failed', id);
  }
  bench.pass(5 * MINUTE);
  await bench.deliver();
  return bench;
}

describe('a bot of Slack with a digest', () => {
  test('replies with a list about one remediation', async () => {
    const bench = await listOf(['r-1']);
    expect(bench.threads()).toEqual([undefined, '1.0']);
    expect(bench.posts[1]!.body).toMatchObject({
      text: expect.stringMatching(/^2 notices/),
      reply_broadcast: true,
    });
  });

  test('posts a list about several on its own, and nothing replies to it', async () => {
    const bench = await listOf(['r-1', 'r-2']);
    expect(bench.threads()).toEqual([undefined, undefined]);
    expect(bench.records()).toHaveLength(1);
  });
});

test('an incoming webhook of Slack has no threads', async () => {
  const bench = createThreadBench({ token: undefined, channel: undefined, url: '${secret:SLACK}' });
  await bench.open();
  await bench.enter('awaiting-approval');
  await bench.enter('failed');
  expect(bench.threads()).toEqual([undefined, undefined]);
  expect(bench.records()).toEqual([]);
});

test('the key of a thread names the recipient by its hash, and the incident', () => {
  expect(threadRecordKey('0f2c', 'r-1')).toEqual({ pk: 'thread#0f2c#r-1', sk: '-' });
});
