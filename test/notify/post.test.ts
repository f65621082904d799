import { describe, expect, test } from 'vitest';
import { type Delivery, post } from '#lib/notify/post';
import {
  answers,
  answersText,
  type Behaviour,
  breaksOff,
  hangsUp,
  startServer,
  staysSilent,
} from '#test/modelarts/server';
import { createNotifyBench } from './notify-bench.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const SECRETS = '/hooks/s3cr3t_path?token=t0k3n_of_query';

/** The outcome of one POST to a real server. */
async function deliveryOf(
  behaviour: Behaviour,
  { timeoutMs = 5_000, signal = new AbortController().signal } = {},
) {
  await using server = await startServer(behaviour);
  const url = new URL(server.url + SECRETS);
  const request = { url, headers: { 'content-type': 'application/json' }, body: Buffer.from('{}') };
  const delivery = await post(request, { timeoutMs, signal, now: NOW });
  expect(JSON.stringify(delivery)).not.toMatch(/s3cr3t|t0k3n|hooks/);
  return { delivery, received: server.received };
}

test('a notice reaches a real server whole, once, with its id, and with the credentials of the URL', async () => {
  await using server = await startServer(answersText(200, 'ok'));
  const target = new URL(SECRETS, server.url);
  target.username = 'lovelace';
  target.password = 'p@ss:word';
  const bench = createNotifyBench([{ url: target.href }]);
  bench.services.post = async (request) =>
    post(request, { timeoutMs: 5_000, signal: new AbortController().signal, now: NOW });
  await bench.open();
  await bench.change({ state: 'failed', why: 'der Rechner schläft' });
  await bench.deliver();
  await bench.deliver();
  expect(server.received).toHaveLength(1);
  const [{ method, url, headers, body }] = server.received as [(typeof server.received)[0]];
  expect({ method, url }).toEqual({ method: 'POST', url: SECRETS });
  const notice = JSON.parse(body);
  expect(notice).toMatchObject({ version: '1', remediation: { why: 'der Rechner schläft' } });
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'user-agent': 'poolkeeper',
    'idempotency-key': notice.id,
    authorization: `Basic ${Buffer.from('lovelace:p@ss:word').toString('base64')}`,
  });
  expect((await bench.get()).notified).toHaveLength(1);
});

describe('an answer', () => {
  test.each<[string, Behaviour, Delivery]>([
    ['200', answersText(200, 'ok'), { outcome: 'told' }],
    ['204', answers(204), { outcome: 'told' }],
    [
      '400',
      answersText(400, 'invalid_payload\n'),
      { outcome: 'refused', why: 'answered 400 invalid_payload' },
    ],
    [
      '403 of SMN',
      answers(403, { request_id: 'x', code: 'SMN.00010007', message: 'no' }),
      { outcome: 'refused', why: 'answered 403 SMN.00010007' },
    ],
    ['404 in prose', answersText(404, `Cannot POST ${SECRETS}`), { outcome: 'refused', why: 'answered 404' }],
    [
      '401 with a part of the URL',
      answersText(401, 's3cr3t_path'),
      { outcome: 'refused', why: 'answered 401' },
    ],
    ['401 with some of it', answersText(401, 'of_query'), { outcome: 'refused', why: 'answered 401' }],
    ['408', answers(408), { outcome: 'failed', why: 'answered 408' }],
    [
      '429 with a time',
      answers(429, undefined, { 'retry-after': '30' }),
      { outcome: 'failed', why: 'answered 429', retryAfterMs: 30_000 },
    ],
    ['503', answersText(503, 'away'), { outcome: 'failed', why: 'answered 503' }],
    ['500 that breaks off', breaksOff(500), { outcome: 'failed', why: 'answered 500' }],
    ['200 that breaks off', breaksOff(200), { outcome: 'told' }],
    ['200 without an end', answersText(200, 'x'.repeat(1_000_000)), { outcome: 'told' }],
  ])('%s', async (_, behaviour, expected) => {
    expect((await deliveryOf(behaviour)).delivery).toEqual(expected);
  });

  test('that redirects is a refusal, and is not followed', async () => {
    const { delivery, received } = await deliveryOf(answers(307, undefined, { location: '/elsewhere' }));
    expect(delivery).toEqual({ outcome: 'refused', why: 'answered 307: redirects are not followed' });
    expect(received).toHaveLength(1);
  });
});

describe('no answer', () => {
  test('within the time', async () => {
    const { delivery } = await deliveryOf(staysSilent, { timeoutMs: 50 });
    expect(delivery).toEqual({ outcome: 'failed', why: 'did not answer within 50 ms' });
  });

  test('before the function has to end', async () => {
    const { delivery } = await deliveryOf(staysSilent, { signal: AbortSignal.abort() });
    expect(delivery).toEqual({ outcome: 'failed', why: 'did not answer before the function had to end' });
  });

  test('but a connection that is cut', async () => {
    const { delivery } = await deliveryOf(hangsUp);
    expect(delivery).toMatchObject({
      outcome: 'failed',
      why: expect.stringContaining('could not be reached, or broke off'),
    });
  });

  test('because no server listens', async () => {
    const server = await startServer(answers(200));
    await server.close();
    const request = { url: new URL(server.url + SECRETS), headers: {}, body: Buffer.from('{}') };
    const delivery = await post(request, {
      timeoutMs: 5_000,
      signal: new AbortController().signal,
      now: NOW,
    });
    expect(delivery).toEqual({ outcome: 'failed', why: 'could not be reached, or broke off (ECONNREFUSED)' });
  });
});
