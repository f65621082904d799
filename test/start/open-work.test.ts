import { expect, test } from 'vitest';
import type { RemediationState } from '#lib/rules/state';
import { countOpen, goesOn, pickedUp } from '#local/start/open-work';

/** Resets of a node each, in these states. */
const remediations = (...states: RemediationState[]) =>
  states.map((state, index) => ({ state, action: 'reset-nodes' as const, nodes: [`node-${index + 1}`] }));

test.each<[RemediationState[], boolean, string]>([
  [[], false, 'nothing is open'],
  [['running'], false, '1 call under way'],
  [
    ['running', 'verifying', 'deferred', 'submitting', 'awaiting-approval', 'needs-human', 'needs-human'],
    true,
    '2 calls under way, 2 commands that wait, 1 plan for your approval and 2 remediations that need a person, and more',
  ],
])('%j', (states, more, expected) => {
  expect(pickedUp(countOpen(remediations(...states), more))).toBe(expected);
});

test('says at the end what goes on without the system', () => {
  const open = remediations('running', 'deferred', 'awaiting-approval', 'needs-human');
  expect(goesOn(countOpen(open, false))).toEqual([
    '1 call is under way: ModelArts goes on with the work, and the next start finds out how it has ended.',
    '1 command and 1 plan wait in the ledger for the next start, which decides by the facts of that time.',
    expect.stringMatching(/^Until then no alert is received/),
  ]);
  expect(goesOn(countOpen(remediations('deferred'), false))[0]).toMatch(/^1 command waits in the ledger/);
  expect(goesOn(countOpen([], false))).toHaveLength(1);
  expect(goesOn(undefined)).toHaveLength(1);
});

test('names the first calls under way, with their jobs', () => {
  const [first, ...rest] = remediations(
    'running',
    'deferred',
    'verifying',
    'running',
    'running',
    'running',
    'running',
  );
  const { underWay, calls } = countOpen([{ ...first!, jobId: 'job-1' }, ...rest], false);
  expect([calls, underWay.length]).toEqual([6, 5]);
  expect(underWay.slice(0, 2)).toEqual(['reset-nodes of node-1: job job-1', 'reset-nodes of node-3']);
});
