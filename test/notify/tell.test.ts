import { describe, expect, test } from 'vitest';
import { createNotifyBench, MINUTE, POOL } from './notify-bench.ts';

const chat = { url: 'https://chat.example.com/hooks/s3cr3t?token=t0k3n' };
const pager = { url: 'https://lovelace:p4ssw0rd@pager.example.com/events' };
const both = ['chat.example.com', 'pager.example.com'];
const away = { outcome: 'failed', why: 'answered 503' } as const;

async function inState(state: 'failed' | 'needs-human' | 'succeeded', targets = [chat, pager]) {
  const bench = createNotifyBench(targets);
  await bench.open();
  bench.pass(MINUTE);
  await bench.change({ state, why: 'the job failed' });
  return bench;
}

test('every target that wants a notice gets it, and the remediation says so; nothing else of it changes', async () => {
  const bench = await inState('failed', [
    chat,
    pager,
    { url: 'https://other.example.com', when: ['succeeded'] } as any,
  ]);
  const { untold, ...before } = await bench.get();
  expect(untold).toEqual([{ state: 'failed', since: '2026-11-20T10:01:00.000Z' }]);
  bench.pass(MINUTE);
  await bench.deliver();
  expect(bench.hosts()).toEqual(both);
  expect(await bench.get()).toEqual({
    ...before,
    notified: [{ state: 'failed', since: '2026-11-20T10:01:00.000Z', at: '2026-11-20T10:02:00.000Z' }],
  });
  expect(bench.queue).toEqual([]);
});

test('a notice that comes twice, in one batch or later, is posted once', async () => {
  const bench = await inState('failed');
  const [notice] = bench.waiting();
  await bench.send(notice);
  await bench.deliver();
  await bench.send(notice);
  await bench.deliver();
  expect(bench.hosts()).toEqual(both);
  expect((await bench.get()).notified).toHaveLength(1);
});

test('two functions post the same notice at the same time: a target that one has reached stays told, though the other could not reach it', async () => {
  const bench = await inState('failed', [chat]);
  const [notice] = bench.waiting();
  const { post } = bench.services;
  bench.services.post = async (request) => {
    bench.services.post = post;
    await bench.send({ ...notice, since: '2026-11-20T10:01:00.000Z' });
    await bench.deliver();
    await post(request);
    return away;
  };
  await bench.deliver();
  expect(bench.queue).toEqual([]);
  expect((await bench.get()).notified).toHaveLength(1);
});

test('a target that stands in the rules twice gets one notice', async () => {
  const bench = await inState('failed', [chat, { ...chat, when: ['failed', 'running'] } as any]);
  await bench.deliver();
  expect(bench.hosts()).toEqual(['chat.example.com']);
});

describe('a target that cannot be reached now', () => {
  test('keeps no other target from its one notice, with any pause that it asks for', async () => {
    const bench = await inState('failed');
    const forEver = { ...away, retryAfterMs: 1e23 };
    bench.answers['pager.example.com'] = [forEver, forEver];
    await bench.deliver();
    await bench.deliver();
    expect(bench.hosts()).toEqual(both);
    bench.pass(61 * MINUTE);
    await bench.deliver();
    expect(bench.hosts()).toEqual([...both, 'pager.example.com']);
  });

  test('keeps no other target from its one notice, with any error on the way to it', async () => {
    const bench = await inState('failed');
    const { post, deadLetters } = bench.services;
    bench.services.post = (request) =>
      request.url.host === 'pager.example.com' ? Promise.reject(new TypeError('no socket')) : post(request);
    await bench.deliver();
    bench.services.post = post;
    bench.answers['pager.example.com'] = [{ outcome: 'refused', why: 'answered 404' }];
    bench.services.deadLetters = { send: () => Promise.reject(new Error('SQS is away')) };
    await bench.deliver();
    bench.services.deadLetters = deadLetters;
    await bench.deliver();
    expect(bench.hosts()).toEqual(['chat.example.com', 'pager.example.com', 'pager.example.com']);
    expect(bench.queue).toEqual([]);
    expect((await bench.get()).notified).toHaveLength(1);
  });

  test('is tried again, with the same id, and the others are not bothered', async () => {
    const bench = await inState('failed');
    bench.answers['pager.example.com'] = [away, away];
    await bench.deliver();
    expect(bench.queue).toHaveLength(1);
    expect((await bench.get()).notified).toBeUndefined();
    await bench.deliver();
    await bench.deliver();
    expect(bench.hosts()).toEqual([...both, 'pager.example.com', 'pager.example.com']);
    expect(new Set(bench.posts.map(({ request }) => request.headers['idempotency-key'])).size).toBe(1);
    expect((await bench.get()).notified).toHaveLength(1);
    expect(bench.queue).toEqual([]);
    expect(bench.deadLetters).toEqual([]);
  });

  test('is left alone for as long as it asks', async () => {
    const bench = await inState('failed', [chat]);
    bench.answers['chat.example.com'] = [{ ...away, retryAfterMs: 3 * MINUTE }];
    await bench.deliver();
    bench.pass(3 * MINUTE - 1);
    await bench.deliver();
    expect(bench.posts).toHaveLength(1);
    expect(bench.queue).toHaveLength(1);
    bench.pass(1);
    await bench.deliver();
    expect(bench.posts).toHaveLength(2);
    expect(bench.queue).toEqual([]);
  });

  test('is not asked when the function has to end', async () => {
    const bench = await inState('failed', [chat]);
    await bench.deliver({ deadlineMs: bench.now() });
    expect(bench.posts).toEqual([]);
    expect(bench.queue).toHaveLength(1);
  });
});

/** The recipients of the notice itself: of a refusal the others hear, too. */
const hostsOf = ({ posts }: Awaited<ReturnType<typeof inState>>) =>
  posts.filter(({ body }) => body.kind === 'remediation').map(({ host }) => host);

describe('a target that refuses', () => {
  test('is a dead letter with the reason, once, and the others go on', async () => {
    const bench = await inState('failed');
    bench.answers['chat.example.com'] = [{ outcome: 'refused', why: 'answered 404 no_service' }];
    bench.answers['pager.example.com'] = [away];
    await bench.deliver();
    await bench.deliver();
    expect(hostsOf(bench)).toEqual([...both, 'pager.example.com']);
    expect(bench.deadLetters).toMatchObject([
      { attributes: { reason: 'webhook at chat.example.com answered 404 no_service', messageId: 'm1' } },
    ]);
    expect(bench.queue).toEqual([]);
    expect((await bench.get()).notified).toBeUndefined();
  });

  test('gets its notice when its dead letter is sent back after the cause was fixed', async () => {
    const bench = await inState('failed');
    bench.answers['chat.example.com'] = [{ outcome: 'refused', why: 'answered 404' }];
    await bench.deliver();
    await bench.send(bench.deadLetters[0]!.body);
    await bench.deliver();
    expect(hostsOf(bench)).toEqual([...both, 'chat.example.com']);
    expect((await bench.get()).notified).toHaveLength(1);
    expect(bench.deadLetters).toHaveLength(1);
  });
});

test('a message without a valid notice is a dead letter, and harms no neighbour', async () => {
  const bench = await inState('failed', [chat]);
  await bench.send('{');
  await bench.send({ kind: 'remediation', id: 'r-1', state: 'tired' });
  await bench.send({ kind: 'rung', id: 'no-such-id' });
  await bench.deliver();
  expect(bench.deadLetters.map(({ attributes }) => attributes!['reason'])).toEqual([
    expect.stringContaining('the message is not JSON'),
    expect.stringContaining('the message is not a notice: state'),
    'the ledger has no remediation no-such-id',
  ]);
  expect(bench.hosts()).toEqual(['chat.example.com']);
});

test('a state that was left since leads to its notice all the same, with the present state', async () => {
  const bench = await inState('needs-human', [chat]);
  bench.pass(MINUTE);
  await bench.change({ state: 'succeeded', why: 'the node is well' });
  await bench.deliver();
  expect(bench.posts[0]!.body).toMatchObject({
    severity: 'critical',
    state: 'needs-human',
    at: '2026-11-20T10:01:00.000Z',
    title:
      'Was needs-human at 2026-11-20T10:01:00.000Z, is now succeeded: reset-nodes of node os-node-created-lv29s in pool train-a',
    remediation: { state: 'succeeded', why: 'the node is well' },
  });
  expect(bench.posts[0]!.body.text).not.toContain('To do:');
  expect((await bench.get()).notified).toMatchObject([{ state: 'needs-human' }]);
});

test('a state that was left and entered once more since leads to two notices', async () => {
  const bench = await inState('needs-human', [chat]);
  bench.pass(MINUTE);
  await bench.change({ state: 'deferred' });
  bench.pass(MINUTE);
  await bench.change({ state: 'needs-human' });
  await bench.deliver();
  expect(bench.posts.map(({ body }) => body.title.split(': reset')[0])).toEqual([
    'Was needs-human at 2026-11-20T10:01:00.000Z, is now needs-human',
    'Needs a person',
  ]);
});

test('a notice that does not say since when means the state as it is', async () => {
  const bench = await inState('failed', [chat]);
  bench.queue.length = 0;
  await bench.send({ kind: 'remediation', id: 'r-1', state: 'failed' });
  await bench.deliver();
  expect((await bench.get()).notified).toMatchObject([
    { state: 'failed', since: '2026-11-20T10:01:00.000Z' },
  ]);
});

test('a rung tells every target, with its own severity', async () => {
  const bench = await inState('failed', [
    { ...chat, when: ['succeeded'] } as any,
    { ...pager, when: ['skipped'] },
  ]);
  await bench.send({ kind: 'rung', id: 'r-1', severity: 'major' });
  await bench.send({ kind: 'rung', id: 'r-1' });
  await bench.deliver();
  expect(bench.posts.map(({ host, body }) => [host, body.kind, body.severity])).toEqual([
    ['chat.example.com', 'rung', 'major'],
    ['pager.example.com', 'rung', 'major'],
    ['chat.example.com', 'rung', 'warning'],
    ['pager.example.com', 'rung', 'warning'],
  ]);
  expect((await bench.get()).notified).toBeUndefined();
});

test('the notice of a rung has the note of its rule', async () => {
  const bench = await inState('failed', [chat]);
  bench.queue.length = 0;
  await bench.change({ action: 'notify', parameters: { severity: 'info', note: 'Open a ticket.' } });
  await bench.send({ kind: 'rung', id: 'r-1', severity: 'info' });
  await bench.deliver();
  expect(bench.posts.at(-1)?.body.text.split('\n')).toContain('Note: Open a ticket.');
});

test('an incident of a pool goes to the targets that want needs-human', async () => {
  const bench = createNotifyBench([chat, { ...pager, when: ['failed'] }]);
  const why = '7 nodes were reported within 10m';
  await bench.send({ kind: 'incident', pool: POOL, incident: 'storm', why, at: '2026-11-20T09:59:00Z' });
  await bench.deliver();
  expect(bench.posts.map(({ host, body }) => ({ host, ...body }))).toMatchObject([
    {
      host: 'chat.example.com',
      kind: 'incident',
      incident: 'storm',
      severity: 'critical',
      pool: { id: POOL, name: 'train-a' },
      text: expect.stringContaining(why),
    },
  ]);
});

test('nothing that is logged, kept or buried has any part of a URL but its host', async () => {
  const bench = await inState('failed');
  bench.answers['chat.example.com'] = [{ outcome: 'refused', why: 'answered 404' }];
  bench.answers['pager.example.com'] = [away];
  await bench.deliver();
  const seen = JSON.stringify([bench.logs, bench.deadLetters, bench.table.documents()]);
  expect(seen).toContain('webhook at chat.example.com answered 404');
  expect(seen).toContain('webhook at pager.example.com answered 503');
  for (const secret of ['s3cr3t', 't0k3n', 'lovelace', 'p4ssw0rd', '/hooks', '/events'])
    expect(seen).not.toContain(secret);
});

test('the last fifty entries into a state that people got notices of are kept', async () => {
  const bench = createNotifyBench([chat]);
  await bench.open();
  for (let index = 0; index < 51; index += 1) {
    bench.pass(MINUTE);
    await bench.change({
      state: index % 2 === 0 ? 'failed' : 'needs-human',
      why: `the job failed, ${index}`,
    });
    bench.pass(MINUTE);
    await bench.deliver();
    expect((await bench.get()).notified).toHaveLength(Math.min(index + 1, 50));
  }
  const { notified = [], stateSince } = await bench.get();
  expect(notified.at(-1)?.since).toBe(stateSince);
  expect(notified[0]?.state).toBe('needs-human');
});
