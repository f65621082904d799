import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { revealed } from '#lib/rules/notify-secrets';
import { runs } from '#test/runs';
import { createNotifyBench, MINUTE } from './notify-bench.ts';

const chat = { url: '${secret:CHAT_URL}' };
const CHAT_URL = 'https://chat.example.com/hooks/s3cr3t-of-the-chat';

async function failed(targets: { url: string }[], secrets: Record<string, string>) {
  const bench = createNotifyBench(targets, secrets);
  await bench.open();
  await bench.change({ state: 'failed', why: 'the job failed' });
  return bench;
}

describe('a secret in the URL of a target', () => {
  test('is put in its place at the delivery', async () => {
    const bench = await failed([chat, { url: 'https://pager.example.com/${secret:PATH}?k=${secret:KEY}' }], {
      CHAT_URL,
      PATH: 'a/b',
      KEY: 'k%20y',
    });
    await bench.deliver();
    expect(bench.posts.map(({ request }) => request.url.href)).toEqual([
      CHAT_URL,
      'https://pager.example.com/a/b?k=k%20y',
    ]);
  });

  test('that is missing fails the notice of this target with its name, and comes when it is there', async () => {
    const bench = await failed([chat, { url: 'https://pager.example.com/events' }], {});
    await bench.deliver();
    expect(bench.hosts()).toEqual(['pager.example.com']);
    expect(bench.queue).toHaveLength(1);
    expect(bench.logs.join('\n')).toContain(
      'webhook of secret CHAT_URL was not asked: POOLKEEPER_SECRET_CHAT_URL is not set',
    );
    bench.secrets['CHAT_URL'] = CHAT_URL;
    bench.pass(2 * MINUTE);
    await bench.deliver();
    expect(bench.hosts()).toEqual(['pager.example.com', 'chat.example.com']);
    expect(bench.queue).toEqual([]);
  });

  test('that makes no URL fails with a clear word, which does not repeat it', async () => {
    const bench = await failed([chat], { CHAT_URL: 'chat.example.com/hooks/no-scheme' });
    await bench.deliver();
    expect(bench.posts).toEqual([]);
    const seen = JSON.stringify([bench.logs, bench.table.documents()]);
    expect(seen).toContain('its URL, with its secrets, is not an http(s) URL');
    expect(seen).not.toContain('no-scheme');
  });

  test('that has changed is taken up when the old one is refused, at once and without a dead letter', async () => {
    const bench = await failed([chat], { CHAT_URL });
    bench.answers['chat.example.com'] = [{ outcome: 'refused', why: 'answered 404' }];
    bench.secrets['CHAT_URL'] = 'https://new.example.com/hooks/2';
    bench.pass(MINUTE);
    await bench.deliver();
    expect(bench.hosts()).toEqual(['chat.example.com', 'new.example.com']);
    expect([bench.deadLetters, bench.queue]).toEqual([[], []]);
    expect((await bench.get()).notified).toHaveLength(1);
  });

  test('that has not changed makes a refusal a dead letter, after one request', async () => {
    const bench = await failed([chat], { CHAT_URL });
    bench.answers['chat.example.com'] = [{ outcome: 'refused', why: 'answered 404' }];
    bench.pass(MINUTE);
    await bench.deliver();
    expect(bench.hosts()).toEqual(['chat.example.com']);
    expect(bench.deadLetters.map(({ attributes }) => attributes!['reason'])).toEqual([
      'webhook of secret CHAT_URL answered 404',
    ]);
  });

  test('that has changed does not make the recipient another one', async () => {
    const bench = await failed([chat], { CHAT_URL });
    const [notice] = bench.waiting();
    await bench.deliver();
    bench.secrets['CHAT_URL'] = 'https://new.example.com/hooks/2';
    bench.pass(10 * MINUTE);
    await bench.send(notice);
    await bench.deliver();
    expect(bench.hosts()).toEqual(['chat.example.com']);
  });
});

test('a recipient is named by its host if no secret can be a part of it', async () => {
  const secrets = { HOST: 'hidden.example.com', PATH: 'a-long-hidden-path' };
  const urls = [
    'https://open.example.com/${secret:PATH}',
    'https://${secret:HOST}/hooks',
    'https://sub.${secret:HOST}/hooks',
  ];
  const bench = await failed(
    urls.map((url) => ({ url })),
    secrets,
  );
  for (const host of ['open.example.com', 'hidden.example.com', 'sub.hidden.example.com'])
    bench.answers[host] = [{ outcome: 'refused', why: 'answered 404' }];
  await bench.deliver();
  expect(bench.deadLetters.map(({ attributes }) => attributes!['reason']).toSorted()).toEqual([
    'webhook at open.example.com answered 404',
    'webhook of secret HOST answered 404',
    'webhook of secret HOST answered 404',
  ]);
});

test('no secret shows in a log, in the ledger, in a dead letter, or at another recipient', async () => {
  const value = fc.stringMatching(/^[A-Za-z0-9_.~-]{8,40}$/).filter((text) => /\d/.test(text));
  const outcome = fc.constantFrom(
    { outcome: 'told' as const },
    { outcome: 'failed' as const, why: 'answered 503' },
    { outcome: 'refused' as const, why: 'answered 404' },
  );
  await fc.assert(
    fc.asyncProperty(
      value,
      value,
      fc.constantFrom(
        'https://chat.example.com/${secret:A}/b?c=${secret:B}',
        'https://${secret:A}:${secret:B}@chat.example.com/',
      ),
      fc.array(outcome, { maxLength: 3 }),
      async (first, second, url, outcomes) => {
        fc.pre(first !== second);
        const A = `s3cr3t-${first}`;
        const B = `t0k3n-${second}`;
        const bench = await failed([{ url }, { url: 'https://other.example.com/hook' }], { A, B });
        bench.answers['chat.example.com'] = [...outcomes];
        for (let delivery = 0; delivery < 4; delivery += 1) await bench.deliver();
        const others = bench.posts.filter(({ host }) => host !== 'chat.example.com');
        const seen = JSON.stringify([
          bench.logs,
          bench.deadLetters,
          bench.table.documents(),
          bench.queue,
          others,
        ]);
        expect(seen).not.toContain(A);
        expect(seen).not.toContain(B);
        expect(
          bench.posts.some(
            ({ request }) =>
              decodeURIComponent(request.url.href).includes(A) || request.headers['authorization'],
          ),
        ).toBe(true);
      },
    ),
    { numRuns: runs(50) },
  );
});

test('the rules file keeps the names alone', () => {
  const target = {
    kind: 'webhook' as const,
    url: 'https://a.example/${secret:A}',
    when: ['failed' as const],
    digest: 0,
  };
  expect(revealed(target, { A: 'x' })).toEqual({
    target: { ...target, url: 'https://a.example/x' },
    used: ['x'],
  });
  expect(revealed(target, { B: 'x' })).toEqual({ missing: ['A'] });
});
