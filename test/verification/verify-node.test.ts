import { describe, expect, test } from 'vitest';
import type { NodeOutcome } from '#lib/ledger/remediation';
import { verifyNode } from '#lib/verification/verify-node';
import { MINUTE, node, subject, view } from './subject.ts';

const verify = { healthyForMs: 2 * MINUTE, withinMs: 20 * MINUTE };
const stateOf = (
  phase: string,
  more: { driverPhase?: string; atMs?: number; rule?: boolean; healthySince?: string } = {},
) => {
  const { driverPhase, atMs = MINUTE, rule = false, healthySince } = more;
  const before = { state: 'verifying' as const, ...(healthySince && { healthySince }) };
  const seen = view([node('n1', { phase, driverPhase })]);
  return verifyNode(seen, subject({ before, verify: rule ? verify : undefined }), atMs);
};

describe('without a rule a node is judged as soon as it is at rest', () => {
  test.each([
    ['Available', undefined, 'succeeded'],
    ['Available', 'Running', 'succeeded'],
    ['Available', 'Updating', 'verifying'],
    ['Available', 'Pending', 'verifying'],
    ['Available', 'Abnormal', 'failed'],
    ['Abnormal', 'Running', 'failed'],
    ['Creating', undefined, 'verifying'],
    ['Checking', undefined, 'verifying'],
    ['Resetting', undefined, 'verifying'],
    ['', undefined, 'verifying'],
  ])('%j with driver %j is %s', (phase, driverPhase, state) => {
    expect(stateOf(phase, driverPhase ? { driverPhase } : {}).state).toBe(state);
  });

  test('and one that does not come to rest fails at the deadline', () => {
    expect(stateOf('Creating', { atMs: 59 * MINUTE }).state).toBe('verifying');
    expect(stateOf('Creating', { atMs: 60 * MINUTE }).state).toBe('failed');
  });

  test('and one that is gone has failed', () => {
    expect(verifyNode(view([]), subject(), 0)).toMatchObject({ state: 'failed' });
  });
});

function look(phase: string, before: NodeOutcome, minute: number): NodeOutcome {
  return verifyNode(view([node('n1', { phase })]), subject({ before, verify }), minute * MINUTE);
}

test('with a rule, a node that nobody has looked at in time has the time from the first look on', () => {
  const first = look('Available', { state: 'running' }, 30);
  expect(first).toMatchObject({ state: 'verifying' });
  expect(look('Available', first, 31)).toMatchObject({ state: 'verifying' });
  expect(look('Available', first, 32)).toMatchObject({ state: 'succeeded' });
  expect(look('Abnormal', first, 31)).toMatchObject({ state: 'failed' });
  expect(look('Abnormal', { state: 'running' }, 30)).toMatchObject({ state: 'failed' });
});

describe('with a rule a node must be well for a time on end, within another', () => {
  const since = new Date(5 * MINUTE).toISOString();

  test.each([
    ['first seen well', 'Available', 5, undefined, { state: 'verifying', healthySince: since }],
    ['not yet for long enough', 'Available', 6, since, { state: 'verifying', healthySince: since }],
    ['for long enough', 'Available', 7, since, { state: 'succeeded', healthySince: since }],
    ['first seen well when the time is over', 'Available', 20, undefined, { state: 'failed' }],
    ['broken, with time left', 'Abnormal', 19, since, { state: 'verifying' }],
    ['broken when the time is over', 'Abnormal', 20, since, { state: 'failed' }],
  ])('%s', (_name, phase, minute, healthySince, expected) => {
    const outcome = stateOf(phase, {
      atMs: minute * MINUTE,
      rule: true,
      ...(healthySince && { healthySince }),
    });
    expect(outcome).toMatchObject(expected);
    if (phase === 'Abnormal') expect(outcome).not.toHaveProperty('healthySince');
  });
});

describe('an alert that fires anew after the call makes a node that is Available not well', () => {
  const firingAnew = [{ fingerprint: 'f1', startsAt: '1970-01-01T00:01:00.000Z' }];
  const seen = view([node('n1')]);
  const why = 'alert f1 fires anew since 1970-01-01T00:01:00.000Z';

  test('without a rule at once', () => {
    expect(verifyNode(seen, subject({ firingAnew }), MINUTE)).toEqual({
      state: 'failed',
      why: `its job succeeded, but ${why}`,
    });
  });

  test('with a rule when the time is over, and it is well from when the alert has resolved', () => {
    const before = { state: 'verifying' as const, healthySince: new Date(MINUTE).toISOString() };
    const at = (minute: number, firing = firingAnew) =>
      verifyNode(seen, subject({ before, verify, firingAnew: firing }), minute * MINUTE);
    expect(at(19)).toEqual({ state: 'verifying', why });
    expect(at(20)).toEqual({ state: 'failed', why: `its job succeeded, but ${why}` });
    expect(at(19, [])).toMatchObject({ state: 'succeeded' });
  });
});
