import { expect, test } from 'vitest';
import type { Notice } from '#events/notice';
import { recipientsOf } from '#lib/notify/recipients';
import { createNotifyBench, POOL, type Target } from './notify-bench.ts';

const notice: Notice = {
  kind: 'incident',
  incident: 'not-readable',
  pool: POOL,
  why: 'away',
  at: '2026-11-20T10:00:00.000Z',
};

const namesOf = (...targets: Target[]) =>
  recipientsOf(notice, { pool: POOL }, createNotifyBench(targets).rules).map(({ name }) => name);

const hook = { url: 'https://chat.example.com/hook' };
const bot = { kind: 'slack', token: '${secret:BOT}', channel: 'C0123456789' } as const;
const slack = { kind: 'slack', url: 'https://hooks.slack.com/services/T0/B0/${secret:HOOK}' } as const;
const pager = { kind: 'pagerduty', routingKey: '${secret:PAGER}' } as const;
const topic = { kind: 'sns', topicArn: 'arn:aws:sns:eu-central-1:123456789012:oncall' } as const;

test.each<[string, Target, Target, string[]]>([
  ['kind', hook, { ...hook, kind: 'teams' }, ['webhook at chat.example.com', 'teams at chat.example.com']],
  ['path', hook, { url: `${hook.url}/2` }, ['webhook at chat.example.com', 'webhook at chat.example.com']],
  [
    'channel',
    bot,
    { ...bot, channel: 'C0000000000' },
    ['slack channel C0123456789', 'slack channel C0000000000'],
  ],
  [
    'bot',
    bot,
    { ...bot, token: '${secret:BOT_2}' },
    ['slack channel C0123456789', 'slack channel C0123456789'],
  ],
  [
    'secret of its URL',
    slack,
    { kind: 'slack', url: slack.url.replace('HOOK', 'HOOK_2') },
    ['slack at hooks.slack.com', 'slack at hooks.slack.com'],
  ],
  [
    'routing key',
    pager,
    { ...pager, routingKey: '${secret:PAGER_2}' },
    ['pagerduty of secret PAGER', 'pagerduty of secret PAGER_2'],
  ],
  ['topic', topic, { ...topic, topicArn: `${topic.topicArn}-2` }, ['sns topic oncall', 'sns topic oncall-2']],
  [
    'endpoint',
    topic,
    { ...topic, url: 'https://vpce.example.com/' },
    ['sns topic oncall', 'sns topic oncall'],
  ],
])('two entries with another %s are two recipients; the same twice is one', (_, one, other, names) => {
  expect(namesOf(one, other)).toEqual(names);
  expect(namesOf(one, { ...one, severity: 'warning' })).toEqual(names.slice(0, 1));
});
