import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestRecordKey } from '#lib/ledger/notices/digest-record';
import { runs } from '#test/runs';
import { createNotifyBench, MINUTE, POOL, type Target } from './notify-bench.ts';

const chat: Target = {
  url: 'https://chat.example.com/hook',
  when: ['deferred', 'needs-human', 'failed'],
  digest: '5m',
};
const plain: Target = { url: 'https://plain.example.com/hook', when: ['deferred'] };
type Bench = ReturnType<typeof createNotifyBench>;

/** Remediations that all come into a state. */
async function storm(bench: Bench, count: number, state: 'deferred' | 'needs-human' = 'deferred', from = 0) {
  for (let index = from; index < from + count; index += 1) {
    const id = `r-${index}`;
    await bench.open({ id, nodes: [`os-node-${index}`] });
    await bench.change({ state }, id);
    bench.pass(10);
  }
}

const postsTo = (bench: Bench, host: string) =>
  bench.posts.filter((post) => post.host === `${host}.example.com`);

/** A recipient that has refused a list of three notices. */
async function refusedList() {
  const bench = createNotifyBench([chat]);
  bench.answers['chat.example.com'] = [{ outcome: 'refused', why: 'answered 404' }];
  await storm(bench, 3);
  await bench.deliver();
  bench.pass(5 * MINUTE);
  await bench.deliver();
  return bench;
}

describe('a recipient with a digest', () => {
  test('gets thirty notices as one message with a list, at its end', async () => {
    const bench = createNotifyBench([chat], {}, { baseUrl: 'https://poolkeeper.example.com' });
    await storm(bench, 28);
    await storm(bench, 2, 'needs-human', 28);
    await bench.deliver();
    bench.pass(4 * MINUTE);
    await bench.deliver();
    expect(bench.posts).toEqual([]);
    bench.pass(MINUTE);
    await bench.deliver();
    expect(bench.posts).toHaveLength(1);
    const { body } = bench.posts[0]!;
    expect(body).toMatchObject({
      version: '1',
      kind: 'digest',
      severity: 'critical',
      title: '30 notices in train-a: 28 deferred, 2 needs-human',
      pool: { id: POOL, name: 'train-a' },
      link: `/remediations?pool=${POOL}`,
      links: [{ label: 'Open the console', url: 'https://poolkeeper.example.com/#/' }],
    });
    expect(body.notices).toHaveLength(30);
    const lines = body.text.split('\n');
    expect(lines.slice(1, 4)).toEqual([
      '- Needs a person: reset-nodes of node os-node-28 in pool train-a',
      '- Needs a person: reset-nodes of node os-node-29 in pool train-a',
      '- Waits: reset-nodes of node os-node-0 in pool train-a',
    ]);
    for (let index = 0; index < 30; index += 1)
      expect((await bench.get(`r-${index}`)).notified).toHaveLength(1);
    bench.pass(MINUTE);
    await bench.deliver();
    expect([bench.queue, bench.deadLetters]).toEqual([[], []]);
  });

  test('gets a single notice as this notice, with its own id', async () => {
    const bench = createNotifyBench([chat]);
    await storm(bench, 1);
    await bench.deliver();
    bench.pass(5 * MINUTE);
    await bench.deliver();
    expect(bench.posts.map(({ body }) => body.kind)).toEqual(['remediation']);
  });

  test('keeps no other recipient waiting', async () => {
    const bench = createNotifyBench([chat, plain]);
    await storm(bench, 3);
    await bench.deliver();
    expect(bench.hosts()).toEqual(Array.from({ length: 3 }, () => 'plain.example.com'));
    expect((await bench.get('r-0')).notified).toBeUndefined();
    bench.pass(5 * MINUTE);
    await bench.deliver();
    expect((await bench.get('r-0')).notified).toHaveLength(1);
  });

  test('that is away gets the same list later, under the same id', async () => {
    const bench = createNotifyBench([chat]);
    bench.answers['chat.example.com'] = [{ outcome: 'failed', why: 'answered 503' }];
    await storm(bench, 3);
    await bench.deliver();
    bench.pass(5 * MINUTE);
    await bench.deliver();
    await storm(bench, 2, 'deferred', 10);
    await bench.deliver();
    const [first, second] = bench.posts;
    expect(second?.body).toEqual(first?.body);
    bench.pass(5 * MINUTE);
    await bench.deliver();
    expect(bench.posts).toHaveLength(3);
    expect(bench.posts[2]?.body.notices).toHaveLength(2);
  });

  test('that refuses has a dead letter, which sends the list once it is sent back', async () => {
    const bench = await refusedList();
    await bench.deliver();
    expect(bench.posts).toHaveLength(1);
    expect(bench.deadLetters.map(({ attributes }) => attributes!['reason'])).toEqual([
      'webhook at chat.example.com answered 404',
    ]);
    await bench.send(bench.deadLetters[0]!.body);
    await bench.deliver();
    expect(bench.posts).toHaveLength(2);
    expect((await bench.get('r-2')).notified).toHaveLength(1);
  });

  test('that has refused a list is asked about it again at the end of the next one, and no sooner', async () => {
    const bench = await refusedList();
    await storm(bench, 1, 'deferred', 3);
    const dueAt = new Date(bench.now() + 5 * MINUTE).toISOString();
    await bench.deliver();
    expect(bench.waiting()).toMatchObject([{ kind: 'digest', dueAt }]);
    bench.pass(5 * MINUTE);
    await bench.deliver();
    expect(bench.posts.map(({ body }) => body.notices?.length ?? 1)).toEqual([3, 3, 1]);
  });

  test('gets a list that is full at once, and the rest at its time', async () => {
    const bench = createNotifyBench([chat]);
    for (let from = 0; from < 230; from += 10) {
      await storm(bench, 10, 'deferred', from);
      await bench.deliver();
    }
    expect(bench.posts.map(({ body }) => body.notices.length)).toEqual([200]);
    bench.pass(5 * MINUTE);
    await bench.deliver();
    expect(bench.posts.map(({ body }) => body.notices.length)).toEqual([200, 30]);
  });

  test('that has left the rules keeps no notice in an outbox', async () => {
    const bench = createNotifyBench([chat, plain]);
    await storm(bench, 2);
    await bench.deliver();
    bench.services.rules = { ...bench.rules, notify: bench.rules.notify.slice(1) };
    bench.pass(5 * MINUTE);
    await bench.deliver();
    expect(postsTo(bench, 'chat')).toEqual([]);
    expect((await bench.get('r-0')).untold).toBeUndefined();
  });

  test('is sent by one process at a time', async () => {
    const bench = createNotifyBench([chat]);
    await storm(bench, 2);
    await bench.deliver();
    bench.pass(5 * MINUTE);
    const { post } = bench.services;
    bench.services.post = async (request) => {
      bench.services.post = post;
      await bench.send({ kind: 'digest', recipient: recipientOf(bench), dueAt: '2026-11-20T10:05:00.000Z' });
      await bench.deliver();
      return post(request);
    };
    await bench.deliver();
    expect(bench.posts).toHaveLength(1);
    bench.pass(MINUTE);
    await bench.deliver();
    expect([bench.posts.length, bench.queue.length]).toEqual([1, 0]);
  });

  test('gets nothing again from a process that stood still until the list was sent', async () => {
    const bench = createNotifyBench([chat]);
    await storm(bench, 2);
    const get = bench.table.get;
    bench.table.get = async (key) => {
      if (!key.pk.startsWith('digest#')) return get(key);
      bench.table.get = get;
      await storm(bench, 2);
      bench.queue.push({ ...first, messageId: 'copy' });
      await bench.deliver();
      bench.pass(5 * MINUTE);
      await bench.deliver();
      return get(key);
    };
    const first = { ...bench.queue[0]! };
    await bench.deliver();
    await storm(bench, 1, 'deferred', 2);
    await bench.deliver();
    bench.pass(5 * MINUTE);
    await bench.deliver();
    const ids = bench.posts.map(({ body }) => (body.notices ?? [body]).map((one: any) => one.remediation.id));
    expect(ids.flat().toSorted()).toEqual(['r-0', 'r-1', 'r-2']);
  });
});

/** The hash of the only recipient with a digest. */
function recipientOf(bench: Bench): string {
  const { pk = '' } = bench.table.documents().find(({ pk: one }) => one.startsWith('digest#')) ?? {};
  return pk.slice('digest#'.length);
}

test('every notice is in exactly one delivered message, or it still waits', async () => {
  const deed = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('enter' as const), count: fc.integer({ min: 1, max: 4 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('pass' as const), minutes: fc.integer({ min: 0, max: 7 }) }),
    },
    { weight: 4, arbitrary: fc.constant({ kind: 'deliver' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'repeat' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'lose-queue' as const }) },
    { weight: 1, arbitrary: fc.constantFrom({ kind: 'away' as const }, { kind: 'refuses' as const }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 25 }), async (deeds) => {
      const bench = createNotifyBench([chat, plain]);
      let entered = 0;
      for (const one of deeds) {
        if (one.kind === 'enter') {
          await storm(bench, one.count, 'deferred', entered);
          entered += one.count;
        } else if (one.kind === 'pass') bench.pass(one.minutes * MINUTE);
        else if (one.kind === 'deliver') await bench.deliver();
        else if (one.kind === 'repeat') bench.queue.push(...bench.queue.map((message) => ({ ...message })));
        else if (one.kind === 'lose-queue') bench.faults.sending = !bench.faults.sending;
        else
          bench.answers['chat.example.com'] = [
            one.kind === 'away'
              ? { outcome: 'failed', why: 'answered 503' }
              : { outcome: 'refused', why: 'answered 404' },
          ];
      }
      const taken = new Set<string>();
      const messages = new Map<string, string[]>();
      for (const { body, delivery } of bench.delivered('chat.example.com')) {
        if (delivery.outcome !== 'told') continue;
        const ids: string[] = (body.notices ?? [body]).map(({ id }: { id: string }) => id);
        // A copy has the id and the content of the first.
        expect(messages.get(body.id) ?? ids).toEqual(ids);
        if (!messages.has(body.id)) for (const id of ids) expect(taken).not.toContain(id);
        messages.set(body.id, ids);
        for (const id of ids) taken.add(id);
      }
      bench.faults.sending = false;
      const key = recipientOf(bench);
      const record = key === '' ? undefined : await bench.table.get(digestRecordKey(key));
      const value = record?.['value'] as any;
      const waiting = JSON.stringify([value ?? null, bench.queue]);
      for (let index = 0; index < entered; index += 1) {
        const remediation = await bench.get(`r-${index}`);
        const isWaiting =
          waiting.includes(`"r-${index}"`) ||
          waiting.includes(`\\"r-${index}\\"`) ||
          remediation.untold !== undefined;
        const isTaken = bench
          .delivered('chat.example.com')
          .some(
            ({ body, delivery }) =>
              delivery.outcome === 'told' && JSON.stringify(body).includes(`"r-${index}"`),
          );
        expect([index, isTaken || isWaiting]).toEqual([index, true]);
      }
      // And once the queue works, nothing waits without an end.
      for (let round = 0; round < 12; round += 1) {
        bench.pass(6 * MINUTE);
        await bench.sweep();
        await bench.deliver();
        for (const letter of bench.deadLetters.splice(0)) await bench.send(letter.body);
      }
      for (let index = 0; index < entered; index += 1)
        expect((await bench.get(`r-${index}`)).notified).toHaveLength(1);
    }),
    { numRuns: runs(60) },
  );
});
