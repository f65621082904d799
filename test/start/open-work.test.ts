import { expect, test } from 'vitest';
import type { RemediationState } from '#lib/rules/state';
import { countOpen, goesOn, pickedUp } from '#local/start/open-work';

test.each<[RemediationState[], boolean, string]>([
  [[], false, 'nothing is open'],
  [['running'], false, '1 call under way'],
  [
    ['running', 'verifying', 'deferred', 'submitting', 'awaiting-approval', 'needs-human', 'needs-human'],
    true,
    '2 calls under way, 2 commands that wait, 1 plan for your approval and 2 remediations that need a person, and more',
  ],
])('%j', (states, more, expected) => {
  expect(pickedUp(countOpen(states, more))).toBe(expected);
});

test('says at the end what goes on without the system', () => {
  expect(goesOn(countOpen(['running', 'deferred', 'awaiting-approval', 'needs-human'], false))).toEqual([
    '1 call is under way: ModelArts goes on with the work, and the next start finds out how it has ended.',
    '1 command and 1 plan wait in the ledger for the next start, which decides by the facts of that time.',
    expect.stringMatching(/^Until then no alert is received/),
  ]);
  expect(goesOn(countOpen(['deferred'], false))[0]).toMatch(/^1 command waits in the ledger/);
  expect(goesOn(countOpen([], false))).toHaveLength(1);
  expect(goesOn(undefined)).toHaveLength(1);
});
