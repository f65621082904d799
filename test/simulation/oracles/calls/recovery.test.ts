import { expect, test } from 'vitest';
import { POOL, runOf } from '../run-of.ts';
import { buriedIsLeftToAPerson, seenAsItIs } from './recovery.ts';

const BY = 'reset-nodes#5';

test.each([
  ['is left to a person', [[1, 'needs-human']], true],
  [
    'is left to a person, and taken up again at once',
    [
      [1, 'needs-human'],
      [3, 'submitting'],
    ],
    true,
  ],
  ['stays as it was', [], false],
  ['is left to a person too late', [[40, 'needs-human']], false],
] as const)('a command that is buried undecided %s', (_, later, isRight) => {
  const letter = { body: '{"id":"r-1"}', attributes: { receives: '5' }, by: BY, sentAtMs: 60_000 };
  const states = [[-50, 'submitting'] as const, ...later];
  const run = runOf({
    deployment: { deadLetters: new Map([['reset-nodes', { messages: () => [letter] }]]) },
    writes: states.map(([seconds, state]) => ({
      atMs: letter.sentAtMs + seconds * 1_000,
      pk: 'remediation#r-1',
      value: { id: 'r-1', state },
    })),
  });
  expect([...buriedIsLeftToAPerson(run)].length === 0).toBe(isRight);
});

test.each([
  ['well', {}, false],
  ['cut off before it wrote its call', { 'poll-jobs#1/9': 'fails-before' }, true],
])('a remediation that a poll leaves to a person after one that was %s', (_, mishaps, isRight) => {
  const call = { id: 'c-1', pool: POOL, action: 'reset-nodes', state: 'accepted', jobId: 'job-1' };
  const members = [{ remediation: 'r-1', targets: ['node-1'] }];
  const run = runOf({
    mishaps,
    jobs: [{ id: 'job-1', phase: 'Running', pauses: [], hiddenUntilMs: 0 }],
    deployment: { begun: new Map([['poll-jobs#2', { atMs: 59_000 }]]) },
    writes: [
      { atMs: 0, pk: 'call#c-1', value: { ...call, members, looks: 1 } },
      {
        atMs: 40_000,
        by: 'poll-jobs#1',
        pk: 'remediation#r-1',
        value: { id: 'r-1', callId: 'c-1', state: 'needs-human' },
      },
      { atMs: 60_000, by: 'poll-jobs#2', pk: 'call#c-1', value: { ...call, members, looks: 2 } },
    ],
    requests: [{ by: 'poll-jobs#2', path: '/jobs', atMs: 59_500 }],
  });
  expect([...seenAsItIs(run)].length === 0).toBe(isRight);
});
