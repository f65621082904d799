import { describe, expect, test } from 'vitest';
import { toCaller } from '#lib/callers';
import { type Presented, senderOf } from '#lib/handler/credential';

const TOKEN = 'a-good-token-of-thirty-two-chars-or-more';
const callers = [toCaller(`graf:${TOKEN}`, 'webhook')!, toCaller(`${TOKEN}-2`, 'webhook')!];
const NOW = Date.parse('2026-11-20T10:00:00Z');
const SECONDS = NOW / 1_000;
const body = Buffer.from('{"alerts":[]}');

// openssl dgst -sha256 -hmac $TOKEN, of the body, and of "1795168800:" and the body.
const PLAIN = 'd21354154bf3d8d3df1175fcdca80a5793e4a14aeb88e697c60f60e3a2a2b656';
const TIMED = '30b2698edd299b0cc7b9cec6e2f3ca7ac4c6e47d2d3e26b52ca037e01b86c2fd';

const ask = (headers: Presented['headers'], isForSource = true, sent = body) => {
  const sender = senderOf({ headers, body: sent }, callers, NOW, isForSource);
  return sender.kind === 'known' ? sender.caller.name : sender.why;
};
const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });

const grafana = (signature: string, time?: string) => ({
  'x-grafana-alerting-signature': signature,
  ...(time !== undefined && { 'x-grafana-alerting-timestamp': time }),
});

describe('a token', () => {
  test('is a bearer token, or the password of a source of alerts', () => {
    expect(ask({ authorization: `Bearer ${TOKEN}` })).toBe('graf');
    expect(ask({ authorization: `bearer  ${TOKEN}-2 ` })).toBe('webhook');
    expect(ask(basic(`any user:${TOKEN}`))).toBe('graf');
    expect(ask(basic(`:${TOKEN}`))).toBe('graf');
  });

  test('is no password for people: a browser would repeat it by itself', () => {
    expect(ask(basic(`graf:${TOKEN}`), false)).toContain('has no token');
    expect(ask({ 'x-poolkeeper-signature': PLAIN }, false)).toContain('has no token');
  });

  test.each([
    `Bearer ${TOKEN},Bearer ${TOKEN}`,
    `Bearer ${TOKEN} ${TOKEN}`,
    `Bearer${TOKEN}`,
    `Token ${TOKEN}`,
    `Bearer ${TOKEN}\u0000`,
    `Bearer ${TOKEN.toUpperCase()}`,
    'Basic ****',
    basic(TOKEN).authorization,
    basic(`${TOKEN}:x`).authorization,
    'Bearer ',
    '',
  ])('is not in %j', (authorization) => {
    expect(ask({ authorization })).toMatch(/has no token|is not valid/);
  });
});

describe('a signature', () => {
  test('of the body, as Grafana makes it, tells its sender', () => {
    expect(ask(grafana(PLAIN))).toBe('graf');
    expect(ask(grafana(PLAIN.toUpperCase()))).toBe('graf');
    expect(ask({ 'x-poolkeeper-signature': `sha256=${PLAIN}` })).toBe('graf');
  });

  test('covers the time', () => {
    expect(ask(grafana(TIMED, String(SECONDS)))).toBe('graf');
    expect(ask(grafana(TIMED, String(SECONDS + 1)))).toContain('does not fit');
    expect(ask(grafana(TIMED))).toContain('does not fit');
    expect(ask(grafana(PLAIN, String(SECONDS)))).toContain('does not fit');
  });

  test('covers every byte of the body', () => {
    for (const at of body.keys()) {
      const changed = Buffer.from(body);
      changed[at]! ^= 1;
      expect(ask(grafana(PLAIN), true, changed)).toContain('does not fit');
    }
    expect(ask(grafana(PLAIN), true, Buffer.alloc(0))).toContain('does not fit');
  });

  test.each([
    [SECONDS - 301, 'says 1795168499, and the time here is 1795168800'],
    [SECONDS + 301, 'may be a copy'],
    ['', 'must be the Unix time'],
    ['1e9', 'must be the Unix time'],
    ['2026-11-20T10:00:00Z', 'must be the Unix time'],
    ['9'.repeat(400), 'must be the Unix time'],
  ])('of the time %j is refused', (time, why) => {
    expect(ask(grafana(TIMED, String(time)))).toContain(why);
  });

  test('decides alone: a good token does not save a changed body', () => {
    const authorization = `Bearer ${TOKEN}`;
    expect(ask({ authorization, ...grafana(PLAIN) }, true, Buffer.from('{}'))).toContain('does not fit');
    expect(ask({ authorization: 'Bearer of-a-proxy', ...grafana(PLAIN) })).toBe('graf');
  });

  test.each([
    '',
    'sha256=',
    PLAIN.slice(1),
    `${PLAIN}0`,
    `sha512=${PLAIN}`,
    `${PLAIN},${PLAIN}`,
    'x'.repeat(64),
  ])('%j has another form', (signature) => {
    expect(ask(grafana(signature))).toContain('64 hex digits');
  });
});
