import { describe, expect, expectTypeOf, test } from 'vitest';
import { phases } from '#lib/ledger/phase';
import { IllegalPhaseError, inPhase } from '#lib/ledger/remediation';
import { claim } from '#lib/remediation/lifecycle/call';
import { defer } from '#lib/remediation/lifecycle/defer';
import { changed, moved, transition } from '#lib/remediation/lifecycle/move';
import { endOrRungFailed } from '#lib/remediation/lifecycle/rung';
import { phaseOf, stateWith } from '#lib/remediation/lifecycle/state-of';
import { canStart, type Subject, type Target } from '#lib/remediation/lifecycle/transitions';
import { AT, at, fields, LATER, NOW, outcomes, rules, withoutRules } from './in-phase.ts';

const NOT_KNOWN = { state: 'failed', why: 'it was not seen', notKnown: true } as const;

describe('a transition that is not in the table', () => {
  test('does not compile', () => {
    expectTypeOf<Subject<'claim'>['phase']>().toEqualTypeOf<'undecided' | 'waiting' | 'calling'>();
    expectTypeOf<Target<'escalate'>>().toEqualTypeOf<'escalated' | 'needs-human' | 'failed'>();
    // @ts-expect-error: what has ended is claimed by no call.
    claim(at('succeeded'), 'call-1', ['node-0'], NOW);
    // @ts-expect-error: a claim ends nothing.
    transition(at('undecided'), 'claim', { phase: 'succeeded' });
  });

  test('writes nothing, and says where the table is', () => {
    const deferred = defer(at('undecided'), LATER, 'it waits', {});
    const deferSucceeded = () => moved(at('succeeded'), deferred, NOW);
    expect(deferSucceeded).toThrow(IllegalPhaseError);
    expect(deferSucceeded).toThrow(
      'r-1 is succeeded and cannot become waiting by defer: lib/remediation/lifecycle/',
    );
  });

  test('cannot start', () => {
    expect(phases.filter((phase) => canStart(at(phase), 'claim'))).toEqual([
      'undecided',
      'waiting',
      'calling',
    ]);
    expect(phases.filter((phase) => canStart(at(phase), 'escalate'))).toEqual(['rung-failed']);
    expect(phases.filter((phase) => canStart(at(phase), 'note'))).toEqual(phases);
  });
});

test('a phase that lacks a needed field is never written', () => {
  expect(() => inPhase(fields, 'waiting')).toThrow(/r-1 cannot be waiting: [^]*deferredUntil/);
  expect(() => inPhase(fields, 'planned')).toThrow('plan');
  expect(() => inPhase({ ...fields, ladder: { root: 'r-1', rung: 0 } }, 'rung-failed')).toThrow('failedAt');
});

test.each(['succeeded', 'failed', 'skipped'] as const)(
  'a quiet end is none while a person has to see to a target: the others %s',
  (phase) => {
    const left = outcomes({ state: 'skipped', why: 'it is unknown', forPerson: true }, 'succeeded');
    const { changes } = transition(at('undecided'), 'judge', { phase, outcomes: left });
    expect(changes).toMatchObject({
      phase: 'needs-human',
      why: `node-0: it is unknown. The others: ${phase}`,
    });
  },
);

test.each([
  [outcomes('verifying', 'failed', 'succeeded'), 'verifying'],
  [outcomes('failed', 'succeeded'), 'failed'],
  [outcomes(NOT_KNOWN, 'succeeded'), 'needs-human'],
  [outcomes(NOT_KNOWN, 'failed'), 'failed'],
  [outcomes('skipped', 'succeeded'), 'succeeded'],
  [outcomes('skipped'), 'skipped'],
  [outcomes(), 'skipped'],
] as const)('of targets that are %j the phase is %s', (found, phase) => {
  expect(phaseOf(found)).toBe(phase);
});

test('what a person has to see to is theirs, unless a call is still to be seen', () => {
  expect(phaseOf(outcomes('skipped'), { isForPerson: true })).toBe('needs-human');
  expect(phaseOf(outcomes('skipped', 'verifying'), { isForPerson: true })).toBe('verifying');
});

test('a check changes no phase while targets are tried again, or while it waits', () => {
  const some = outcomes('running', 'failed');
  expect(stateWith(at('running'), some)).toEqual({ outcomes: some });
  expect(stateWith(at('waiting'), outcomes('succeeded'))).toEqual({ outcomes: outcomes('succeeded') });
  expect(stateWith(at('planned'), outcomes('failed'))).toEqual({ outcomes: outcomes('failed') });
  // The others are left alone only when the last verification has ended.
  expect(stateWith(at('running'), outcomes('failed', 'verifying', 'waiting'))).toMatchObject({
    phase: 'verifying',
    outcomes: outcomes('failed', 'verifying', 'waiting'),
  });
  expect(stateWith(at('calling'), outcomes('skipped'))).toEqual({ outcomes: outcomes('skipped') });
  expect(stateWith(at('running'), outcomes('succeeded', 'waiting'))).toMatchObject({ phase: 'waiting' });
  expect(stateWith(at('running'), outcomes('failed', 'waiting'))).toMatchObject({
    phase: 'failed',
    outcomes: { 'node-1': { state: 'skipped' } },
  });
});

test('a state is entered later than any before it, however the clocks of functions differ', () => {
  const before = at('undecided', { stateSince: LATER });
  const [first, second] = [LATER, AT].map((stateSince) => {
    const current = { ...before, stateSince };
    return changed(current, { phase: 'waiting', deferrals: 1, deferredUntil: LATER }, NOW + 1_000).stateSince;
  });
  expect(first).toBe(new Date(Date.parse(LATER) + 1).toISOString());
  expect(second).toBe(new Date(NOW + 1_000).toISOString());
});

test('only the failure of a rung goes on from there', () => {
  const failed = { phase: 'failed', why: 'no' } as const;
  expect(endOrRungFailed(rules, at('running'), failed, NOW)).toMatchObject({
    phase: 'rung-failed',
    ladder: { root: 'r-1', rung: 0, failedAt: AT },
  });
  expect(endOrRungFailed(withoutRules, at('running'), failed, NOW)).toEqual(failed);
  expect(endOrRungFailed(rules, at('running'), { phase: 'succeeded' }, NOW)).toEqual({ phase: 'succeeded' });
});
