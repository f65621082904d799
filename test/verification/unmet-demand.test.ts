import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { Healthy, Matcher } from '#lib/rules/rules';
import { verifyNode } from '#lib/verification/verify-node';
import { MINUTE, node, subject, view } from './subject.ts';

const shown = {
  driverPhase: 'Running',
  driverVersion: '24.1.0.3',
  os: 'EulerOS 2.10',
  plugins: [{ name: 'agent', version: '7.3.0' }, { name: 'bare' }],
};

/** The verdict on a node that shows `more`, at the end of its time. */
function end(healthy: Healthy, more: Partial<PoolNode> = shown) {
  const verify = { healthyForMs: 0, withinMs: 20 * MINUTE };
  const seen = view([node('n1', more)]);
  const before = verifyNode(seen, subject({ healthy, verify }), 19 * MINUTE);
  return verifyNode(seen, subject({ healthy, verify, before }), 20 * MINUTE);
}

describe('a node that is Available is well when it shows what the rules demand', () => {
  test.each<[string, Healthy]>([
    ['nothing', {}],
    ['its driver', { driver: ['24.1.*'] }],
    ['one of two', { driver: ['23.*', '24.*'] }],
    ['its operating system', { os: ['EulerOS 2.*'] }],
    ['a plugin', { plugins: { agent: ['7.*'] } }],
  ])('%s', (_, healthy) => expect(end(healthy)).toMatchObject({ state: 'succeeded' }));

  test.each<[Healthy, string]>([
    [{ driver: ['25.*'] }, 'its driver is 24.1.0.3; the rules demand 25.*'],
    [
      { os: ['Ubuntu*', 'Debian*'] },
      'its operating system is EulerOS 2.10; the rules demand Ubuntu* or Debian*',
    ],
    [{ plugins: { agent: ['7.2.*'] } }, 'its plugin agent is 7.3.0; the rules demand 7.2.*'],
    [{ driver: ['25.*'], absent: 'well' }, 'its driver is 24.1.0.3; the rules demand 25.*'],
    [{ plugins: { gone: ['1'], agent: ['8'] } }, 'its plugin agent is 7.3.0; the rules demand 8'],
  ])('not well, and seen so: %j', (healthy, why) => {
    const outcome = end(healthy);
    expect(outcome).toMatchObject({ state: 'failed', why: expect.stringContaining(why) });
    expect(outcome.notKnown).toBeUndefined();
  });

  test.each<[string, Healthy, Partial<PoolNode>]>([
    ['no driver', { driver: ['24.*'] }, {}],
    ['no version of its driver', { driver: ['24.*'] }, { driverPhase: 'Running' }],
    ['no operating system', { os: ['*'] }, { driverPhase: 'Running' }],
    ['no plugins', { plugins: { agent: ['*'] } }, { driverPhase: 'Running' }],
    ['plugins, and not this one', { plugins: { gone: ['*'] } }, shown],
    ['a plugin without a version', { plugins: { bare: ['*'] } }, shown],
    ['no driver, and none is demanded', { absent: 'unknown' }, {}],
    ['no driver, and its flavor does', {}, { driverMissing: true, unreadable: ['driverPhase'] }],
  ])('it is unknown, and `absent: well` takes it for met: %s', (_, healthy, more) => {
    expect(end(healthy, more)).toMatchObject({ state: 'failed', notKnown: true });
    expect(end({ ...healthy, absent: 'well' }, more)).toMatchObject({ state: 'succeeded' });
  });

  test('an unreadable field is unknown, even if absent ones count as well', () => {
    const odd = { ...shown, driverVersion: undefined, unreadable: ['driverVersion' as const] };
    expect(end({ driver: ['24.*'], absent: 'well' }, odd)).toMatchObject({ state: 'failed', notKnown: true });
    const driver = { unreadable: ['driverPhase' as const] };
    expect(end({ absent: 'well' }, driver)).toMatchObject({ state: 'failed', notKnown: true });
  });

  test('the receipt says what the driver was', () => {
    expect(end({}).why).toBe('the node is Available, and its driver Running (24.1.0.3)');
    expect(end({}, {}).why).toBe('the node is Available (no driver is shown)');
    expect(end({ absent: 'unknown' }, {}).why).toContain('the node is Available (its driver is not shown)');
  });
});

test('a node that is Abnormal was seen broken, with any other fields missing', () => {
  const more = { phase: 'Abnormal', driverMissing: true, unreadable: ['driverPhase'] } as const;
  const outcome = end({ driver: ['24.*'] }, more);
  expect(outcome).toMatchObject({ state: 'failed' });
  expect(outcome.notKnown).toBeUndefined();
});

test('taking away what a node shows never makes it seen broken', () => {
  const fields = ['driverPhase', 'driverVersion', 'os', 'plugins'] as const;
  fc.assert(
    fc.property(
      fc.subarray([...fields]),
      fc.record(
        {
          driver: fc.constantFrom<Matcher>(['24.*'], ['25.*']),
          os: fc.constantFrom<Matcher>(['EulerOS*'], ['Ubuntu']),
          plugins: fc.constantFrom<Record<string, Matcher>>(
            { agent: ['7.*'] },
            { agent: ['8'] },
            { bare: ['*'] },
          ),
          absent: fc.constantFrom('unknown' as const, 'well' as const),
        },
        { requiredKeys: [] },
      ),
      (taken, healthy) => {
        const less = { ...shown, ...Object.fromEntries(taken.map((field) => [field, undefined])) };
        const isSeenBroken = ({ state, notKnown }: ReturnType<typeof end>) => state === 'failed' && !notKnown;
        if (isSeenBroken(end(healthy, less))) expect(isSeenBroken(end(healthy))).toBe(true);
        if (healthy.absent !== 'well' && end(healthy, less).state === 'succeeded')
          expect(end(healthy).state).toBe('succeeded');
      },
    ),
  );
});
