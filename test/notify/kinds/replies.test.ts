import { describe, expect, test } from 'vitest';
import { requestTo } from '#lib/notify/kinds/table';
import { type Delivery, post } from '#lib/notify/post';
import type { NotifyTarget } from '#lib/rules/rules';
import { answers, answersText, type Behaviour, startServer } from '#test/modelarts/server';

const NOW = Date.parse('2026-11-20T10:00:00Z');

const message: any = {
  id: 'f'.repeat(32),
  severity: 'critical',
  title: 'a title',
  lines: [],
  links: [],
  at: '2026-11-20T10:00:00.000Z',
  incident: 'r-1',
  step: 'opened',
  source: 'train-a',
  about: 'reset-nodes',
};

const TARGETS: Record<string, object> = {
  slack: {},
  'slack with a bot': { kind: 'slack', token: 'xoxb-1-secret', channel: 'C0123456789' },
  feishu: { secret: 'k' },
  dingtalk: { secret: 'k' },
  wecom: {},
  teams: {},
  pagerduty: { routingKey: 'k' },
  sns: {
    topicArn: 'arn:aws:sns:eu-central-1:123456789012:oncall',
    accessKeyId: 'AK',
    secretAccessKey: 'SK',
  },
};

/** The outcome of a notice to a real server in the place of a receiver. */
async function deliveryOf(name: string, behaviour: Behaviour): Promise<Delivery> {
  await using server = await startServer(behaviour);
  const target: any = { kind: name, url: `${server.url}/hook`, when: ['failed'], ...TARGETS[name] };
  const request = requestTo(target as NotifyTarget, { message, body: {} as any }, { now: NOW });
  const delivery = await post(request, { timeoutMs: 5_000, signal: new AbortController().signal, now: NOW });
  expect(server.received).toHaveLength(1);
  return delivery;
}

const told = { outcome: 'told' } as const;
const failed = (why: string, retryAfterMs?: number): Delivery => ({
  outcome: 'failed',
  why,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});
const refused = (why: string): Delivery => ({ outcome: 'refused', why });
const sns = (code: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>m</Message></Error></ErrorResponse>`;

describe('an answer', () => {
  test.each<[string, string, Behaviour, Delivery]>([
    ['slack', 'ok', answersText(200, 'ok'), told],
    ['slack', 'no_service', answersText(404, 'no_service'), refused('answered 404 no_service')],
    [
      'slack',
      'channel_is_archived',
      answersText(410, 'channel_is_archived'),
      refused('answered 410 channel_is_archived'),
    ],
    ['slack', '429', answers(429, undefined, { 'retry-after': '30' }), failed('answered 429', 30_000)],
    ['slack', 'rollup_error', answersText(500, 'rollup_error'), failed('answered 500 rollup_error')],
    [
      'slack with a bot',
      'ok with the name of the message',
      answers(200, { ok: true, channel: 'C0123456789', ts: '1503435956.000247' }),
      { outcome: 'told', thread: '1503435956.000247' },
    ],
    [
      'slack with a bot',
      'ok to a reply',
      answers(200, {
        ok: true,
        ts: '1503435999.000300',
        message: { ts: '1503435999.000300', thread_ts: '1503435956.000247' },
      }),
      { outcome: 'told', thread: '1503435956.000247' },
    ],
    [
      'slack with a bot',
      'ok to a reply whose thread is gone',
      answers(200, { ok: true, ts: '1503435999.000300', message: { ts: '1503435999.000300' } }),
      { outcome: 'told', thread: '1503435999.000300' },
    ],
    [
      'slack with a bot',
      'not_in_channel',
      answers(200, { ok: false, error: 'not_in_channel' }),
      refused('answered 200 with not_in_channel'),
    ],
    [
      'slack with a bot',
      'token_revoked',
      answers(200, { ok: false, error: 'token_revoked' }),
      refused('answered 200 with token_revoked'),
    ],
    [
      'slack with a bot',
      'internal_error',
      answers(200, { ok: false, error: 'internal_error' }),
      failed('answered 200 with internal_error'),
    ],
    [
      'slack with a bot',
      'prose',
      answers(200, { ok: false, error: 'xoxb-1-secret is bad' }),
      refused('answered 200 with an error'),
    ],
    ['slack with a bot', 'a page of a proxy', answersText(200, '<html>'), refused('answered 200 without ok')],
    ['feishu', '0', answers(200, { code: 0, msg: 'success', data: {} }), told],
    [
      'feishu',
      '19021: the signature',
      answers(200, { code: 19021, msg: 'sign match fail' }),
      refused('answered 200 with code 19021'),
    ],
    [
      'feishu',
      '19024: the key words',
      answers(200, { code: 19024, msg: 'Key Words Not Found' }),
      refused('answered 200 with code 19024'),
    ],
    [
      'feishu',
      '9499: too many requests',
      answers(200, { code: 9499, msg: 'too many request' }),
      failed('answered 200 with code 9499', 60_000),
    ],
    [
      'feishu',
      '11232: too many messages',
      answers(200, { code: 11232, msg: 'limited' }),
      failed('answered 200 with code 11232', 60_000),
    ],
    ['feishu', 'another page', answersText(200, 'ok'), refused('answered 200 without code')],
    ['dingtalk', '0', answers(200, { errcode: 0, errmsg: 'ok' }), told],
    [
      'dingtalk',
      '310000: the signature',
      answers(200, { errcode: 310000, errmsg: 'sign not match' }),
      refused('answered 200 with errcode 310000'),
    ],
    [
      'dingtalk',
      '130101: too fast',
      answers(200, { errcode: 130101, errmsg: 'send too fast' }),
      failed('answered 200 with errcode 130101', 600_000),
    ],
    [
      'dingtalk',
      '-1: busy',
      answers(200, { errcode: -1, errmsg: 'busy' }),
      failed('answered 200 with errcode -1'),
    ],
    ['wecom', '0', answers(200, { errcode: 0, errmsg: 'ok' }), told],
    [
      'wecom',
      '93000: the key',
      answers(200, { errcode: 93000, errmsg: 'invalid webhook url' }),
      refused('answered 200 with errcode 93000'),
    ],
    [
      'wecom',
      '45009: too many',
      answers(200, { errcode: 45009, errmsg: 'freq out of limit' }),
      failed('answered 200 with errcode 45009', 60_000),
    ],
    ['teams', '202', answers(202), told],
    [
      'teams',
      '401',
      answers(401, { error: { code: 'DirectApiAuthorizationRequired' } }),
      refused('answered 401'),
    ],
    ['teams', '429', answers(429), failed('answered 429')],
    ['pagerduty', '202', answers(202, { status: 'success', dedup_key: 'x' }), told],
    ['pagerduty', '400', answers(400, { status: 'invalid event', errors: ['x'] }), refused('answered 400')],
    ['pagerduty', '429', answers(429), failed('answered 429')],
    ['sns', '200', answersText(200, '<PublishResponse/>'), told],
    ['sns', 'NotFound', answersText(404, sns('NotFound')), refused('answered 404 NotFound')],
    [
      'sns',
      'AuthorizationError',
      answersText(403, sns('AuthorizationError')),
      refused('answered 403 AuthorizationError'),
    ],
    ['sns', 'Throttling', answersText(400, sns('Throttling')), failed('answered 400 Throttling')],
    ['sns', 'ExpiredToken', answersText(403, sns('ExpiredToken')), failed('answered 403 ExpiredToken')],
    ['sns', '503', answersText(503, sns('ServiceUnavailable')), failed('answered 503')],
  ])('of %s: %s', async (name, _, behaviour, expected) => {
    expect(await deliveryOf(name, behaviour)).toEqual(expected);
  });
});

test('a kind without the key that signs says which it needs', () => {
  const target = { kind: 'sns', topicArn: 'arn:aws:sns:eu-central-1:123456789012:oncall', when: ['failed'] };
  expect(() => requestTo(target as NotifyTarget, { message, body: {} as any }, { now: NOW })).toThrow(
    'set accessKeyId and secretAccessKey of the recipient',
  );
});

test('a FIFO topic gets the group of the incident, and the id of the notice', () => {
  const target = {
    ...TARGETS['sns'],
    kind: 'sns',
    topicArn: 'arn:aws-cn:sns:cn-north-1:123456789012:oncall.fifo',
    when: ['failed'],
  };
  const { url, body } = requestTo(target as any, { message, body: {} as any }, { now: NOW });
  expect(url.href).toBe('https://sns.cn-north-1.amazonaws.com.cn/');
  expect(Object.fromEntries(new URLSearchParams(Buffer.from(body).toString()))).toMatchObject({
    MessageGroupId: 'r-1',
    MessageDeduplicationId: 'f'.repeat(32),
  });
});
