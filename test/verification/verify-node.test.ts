import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NodeOutcome } from '#lib/ledger/remediation-fields';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { View } from '#lib/verification/verification';
import { verifyNode } from '#lib/verification/verify-node';
import { MINUTE, node, subject, view } from './subject.ts';

const verify = { healthyForMs: 2 * MINUTE, withinMs: 20 * MINUTE };
const stateOf = (
  phase: string,
  more: {
    driverPhase?: string;
    atMs?: number;
    rule?: boolean;
    healthySince?: string;
    brokenSince?: string;
  } = {},
) => {
  const { driverPhase, atMs = MINUTE, rule = false, healthySince, brokenSince } = more;
  const before = {
    state: 'verifying' as const,
    ...(healthySince && { healthySince }),
    ...(brokenSince && { brokenSince }),
  };
  const seen = view([node('n1', { phase, driverPhase })]);
  return verifyNode(seen, subject({ before, verify: rule ? verify : undefined }), atMs);
};

describe('without a rule a node is judged as soon as it is at rest', () => {
  const seenBrokenBefore = { brokenSince: new Date(0).toISOString() };

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
    expect(stateOf(phase, { ...(driverPhase && { driverPhase }), ...seenBrokenBefore }).state).toBe(state);
  });

  test.each(['Abnormal', 'Updating', 'Pending', 'Running'])(
    'a driver that was %s is not well for a reading that hides it',
    (driverPhase) => {
      const polls = [driverPhase, undefined, undefined];
      let before: NodeOutcome = { state: 'running' };
      // A poll with work in progress comes first, so that the verification goes on.
      const phases = ['Checking', 'Available', 'Available'];
      for (const [index, phase] of phases.entries()) {
        const seen = view([node('n1', { phase, driverPhase: polls[index] })]);
        before = verifyNode(seen, subject({ before }), (index + 1) * MINUTE);
      }
      expect(before).toMatchObject({
        state: 'verifying',
        why: 'the node is Available (its driver is not shown)',
      });
      const again = view([node('n1', { phase: 'Available', driverPhase: 'Running' })]);
      expect(verifyNode(again, subject({ before }), 4 * MINUTE).state).toBe('succeeded');
    },
  );

  test('one reading alone proves no fault; a second one, a minute later, does', () => {
    const first = stateOf('Abnormal', { atMs: 5 * MINUTE });
    expect(first).toEqual({
      state: 'verifying',
      why: 'the node is Abnormal',
      brokenSince: new Date(5 * MINUTE).toISOString(),
    });
    const { brokenSince } = first;
    expect(stateOf('Abnormal', { brokenSince: brokenSince!, atMs: 6 * MINUTE - 1 })).toEqual(first);
    expect(stateOf('Abnormal', { brokenSince: brokenSince!, atMs: 6 * MINUTE }).state).toBe('failed');
    expect(stateOf('Available', { brokenSince: brokenSince!, atMs: 6 * MINUTE })).not.toHaveProperty(
      'brokenSince',
    );
    expect(stateOf('Checking', { brokenSince: brokenSince!, atMs: 6 * MINUTE })).not.toHaveProperty(
      'brokenSince',
    );
  });

  test.each(['Creating', 'Deleting', 'Checking'])(
    'and one that is %s until the deadline has failed, and is known to have',
    (phase) => {
      expect(stateOf(phase, { atMs: 59 * MINUTE }).state).toBe('verifying');
      expect(stateOf(phase, { atMs: 60 * MINUTE })).toEqual({
        state: 'failed',
        why: `its job succeeded, but the node is ${phase}`,
      });
    },
  );

  test('and one that is gone, in two readings a minute apart, has failed', () => {
    const others = view([node('n2')]);
    const first = verifyNode(others, subject(), 0);
    expect(first).toEqual({
      state: 'verifying',
      why: "the pool's list does not show the node",
      notSeenSince: new Date(0).toISOString(),
    });
    expect(verifyNode(others, subject({ before: first }), MINUTE - 1)).toMatchObject({ state: 'verifying' });
    // With a rule it has time, and is not missed from the beginning again.
    const gone = verifyNode(others, subject({ before: first, verify }), MINUTE);
    expect(gone).toMatchObject({ state: 'verifying', notSeenSince: first.notSeenSince });
    expect(verifyNode(others, subject({ before: gone, verify }), 20 * MINUTE)).toMatchObject({
      state: 'failed',
      why: expect.stringContaining('the node has been gone from the pool'),
    });
    expect(verifyNode(others, subject({ before: first }), MINUTE)).toEqual({
      state: 'failed',
      why: 'its job succeeded, but the node has been gone from the pool since 1970-01-01T00:00:00.000Z',
    });
  });
});

describe('an unknown node', () => {
  const odd = { nodes: [{ why: 'entry 3 has no name' }] };
  test.each([
    ['is in an empty list', view([])],
    ['is missing, and an entry cannot be read', { ...view([node('n2')]), unreadable: odd }],
    ['is in no phase', view([node('n1', { phase: '' })])],
    ['is in a phase that no page names', view([node('n1', { phase: 'Unhealthy' })])],
    ['has a phase that cannot be read', view([node('n1', { phase: '', unreadable: ['phase'] })])],
    ['has a driver in a phase that no page names', view([node('n1', { driverPhase: 'abnormal' })])],
  ])('%s: it is waited for, and has not been seen broken when the time is over', (_name, seen) => {
    for (const rule of [undefined, verify]) {
      const endMs = rule ? rule.withinMs : 60 * MINUTE;
      expect(verifyNode(seen, subject({ verify: rule }), endMs - 1)).toMatchObject({ state: 'verifying' });
      expect(verifyNode(seen, subject({ verify: rule }), endMs)).toMatchObject({
        state: 'failed',
        notKnown: true,
        why: expect.stringMatching(/^the state of the node was not known in time: /),
      });
    }
  });
});

const isSeenBroken = ({ state, notKnown }: NodeOutcome) => state === 'failed' && !notKnown;

test('taking away what is shown of a node never makes it broken', () => {
  const shown = fc.record({
    phase: fc.constantFrom('Available', 'Abnormal', 'Creating', 'Checking'),
    driverPhase: fc.constantFrom(undefined, 'Running', 'Updating', 'Abnormal'),
  });
  const taken = fc.constantFrom<(seen: PoolNode) => View>(
    () => view([]),
    () => view([node('n2')]),
    (seen) => view([{ ...seen, phase: '' }]),
    (seen) => view([{ ...seen, phase: 'Unhealthy' }]),
    (seen) => view([{ ...seen, driverPhase: undefined }]),
    (seen) => view([{ ...seen, phase: '', unreadable: ['phase'] }]),
    (seen) => ({ ...view([node('n2')]), unreadable: { nodes: [{ name: seen.name, why: 'no' }] } }),
  );
  fc.assert(
    fc.property(shown, taken, fc.boolean(), fc.integer({ min: 0, max: 70 }), (given, take, ruled, minute) => {
      const whole = node('n1', given);
      const who = subject({ verify: ruled ? verify : undefined });
      const before = verifyNode(view([whole]), who, minute * MINUTE);
      const after = verifyNode(take(whole), who, minute * MINUTE);
      if (isSeenBroken(after)) expect(isSeenBroken(before)).toBe(true);
    }),
  );
});

function look(phase: string, before: NodeOutcome, minute: number): NodeOutcome {
  return verifyNode(view([node('n1', { phase })]), subject({ before, verify }), minute * MINUTE);
}

test('with a rule, a node without a reading in time has the time from the first reading on', () => {
  const first = look('Available', { state: 'running' }, 30);
  expect(first).toMatchObject({ state: 'verifying' });
  expect(look('Available', first, 31)).toMatchObject({ state: 'verifying' });
  expect(look('Available', first, 32)).toMatchObject({ state: 'succeeded' });
  const broken = look('Abnormal', first, 31);
  expect(broken).toMatchObject({ state: 'verifying' });
  expect(look('Abnormal', broken, 32)).toMatchObject({ state: 'failed' });
});

describe('with a rule a node must be well for a time on end, within another', () => {
  const since = new Date(5 * MINUTE).toISOString();
  const late = new Date(19 * MINUTE).toISOString();

  test.each([
    ['first seen well', 'Available', 5, undefined, { state: 'verifying', healthySince: since }],
    ['not yet for long enough', 'Available', 6, since, { state: 'verifying', healthySince: since }],
    ['for long enough', 'Available', 7, since, { state: 'succeeded', healthySince: since }],
    ['well when the time is over, but not for long enough', 'Available', 20, late, { state: 'verifying' }],
    ['for long enough after the time', 'Available', 21, late, { state: 'succeeded', healthySince: late }],
    ['broken again after the time', 'Abnormal', 21, late, { state: 'verifying' }],
    ['first seen well when the time is over', 'Available', 20, undefined, { state: 'failed' }],
    ['broken, with time left', 'Abnormal', 19, since, { state: 'verifying' }],
    ['broken when the time is over', 'Abnormal', 20, since, { state: 'verifying' }],
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
  const why = 'alert f1 has fired again since 1970-01-01T00:01:00.000Z';

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
