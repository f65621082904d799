import { expect, test } from 'vitest';
import { runOf } from '../run-of.ts';
import { buriedIsLeftToAPerson } from './recovery.ts';

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
