import { expect, test } from 'vitest';
import { runOf } from '../run-of.ts';
import {
  endsAreTrue,
  onlySoundIsConfirmed,
  subscriptionAnswered,
  subscriptionHasEffect,
} from './subscriptions.ts';

const URL_OF = 'https://console.example.com/confirm?token=1';
const INPUT = { id: 'subscription-1', says: 'SubscriptionConfirmation', topic: 'open' };
const SENT = {
  input: INPUT,
  url: URL_OF,
  madeAtMs: 0,
  sentAtMs: 1_000,
  answeredAtMs: 2_000,
  httpStatus: 202,
};
const VISIT = { url: URL_OF, atMs: 1_500, answer: 'answer' };

/** A run with these messages about subscriptions, and these requests to the console of SMN. */
function runWith(subscribed: readonly object[], visited: readonly object[] = [], more: object = {}) {
  const run = runOf(more);
  Object.assign(run.correspondence, { subscribed, visited });
  return run;
}

test.each([
  ['a sound message', {}, 202, 0],
  ['a sound message that is refused', {}, 401, 1],
  ['a message without an answer', {}, undefined, 1],
  ['one of a strange topic', { topic: 'strange' }, 403, 0],
  ['one of a strange topic that is taken', { topic: 'strange' }, 202, 1],
  ['one that a stranger has changed', { wrong: 'forged' }, 202, 1],
  ['one with an address elsewhere', { wrong: 'foreign' }, 202, 1],
])('%s is answered as it deserves, or that is found', (_, part, httpStatus, count) => {
  const run = runWith([{ ...SENT, input: { ...INPUT, ...part }, httpStatus }]);
  expect([...subscriptionAnswered(run)]).toHaveLength(count);
});

test('a copy of an hour ago that is taken is found', () => {
  const run = runWith([{ ...SENT, sentAtMs: 3_700_000 }]);
  expect([...subscriptionAnswered(run)]).toHaveLength(1);
});

test.each([
  ['a sound confirmation', [SENT], [VISIT], 0],
  ['an end', [{ ...SENT, input: { ...INPUT, says: 'UnsubscribeConfirmation' } }], [VISIT], 1],
  ['a forged one', [{ ...SENT, input: { ...INPUT, wrong: 'forged' } }], [VISIT], 1],
  ['copies at one moment', [SENT, { ...SENT, sentAtMs: 1_200 }], [VISIT, { ...VISIT, atMs: 1_900 }], 0],
  [
    'a later copy',
    [SENT, { ...SENT, sentAtMs: 5_000, answeredAtMs: 6_000 }],
    [VISIT, { ...VISIT, atMs: 5_500 }],
    1,
  ],
])('a request for the address of %s is allowed, or found', (_, sent, visits, count) => {
  expect([...onlySoundIsConfirmed(runWith(sent, visits))]).toHaveLength(count);
});

test('a confirmation without a request to the console, and without an entry in the journal, is found', () => {
  expect([...subscriptionHasEffect(runWith([SENT]))]).toHaveLength(2);
  const writes = [{ atMs: 1_600, pk: 'deliveries#1', value: { why: 'the subscription is confirmed' } }];
  expect([...subscriptionHasEffect(runWith([SENT], [VISIT], { writes }))]).toEqual([]);
});

test('an end that people never hear about is found, and a made-up end, too', () => {
  const over = { ...SENT, input: { ...INPUT, says: 'UnsubscribeConfirmation' } };
  const parts = {
    writes: [{ atMs: 1_600, pk: 'deliveries#1', value: { why: 'the subscription has ended' } }],
    rules: { notify: [{ url: 'http://chat.example.com/', when: ['needs-human'] }] },
  };
  const deadLetters = new Map([['notify', { messages: () => [] }]]);
  const body = { incident: 'subscription-ended', at: new Date(0).toISOString() };
  const told = [{ url: 'http://chat.example.com/', atMs: 1_700, taken: true, body }];
  const silent = runWith([over], [], { ...parts, deployment: { deadLetters } });
  expect([...subscriptionHasEffect(silent)]).toHaveLength(1);
  const heard = runWith([over], [], { ...parts, deployment: { deadLetters, told } });
  expect([...subscriptionHasEffect(heard)]).toEqual([]);
  expect([...endsAreTrue(heard)]).toEqual([]);
  expect([...endsAreTrue(runWith([], [], { deployment: { told } }))]).toHaveLength(1);
});
