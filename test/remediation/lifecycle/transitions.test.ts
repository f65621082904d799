import { expect, test } from 'vitest';
import type { NodeOutcome, Remediation, RemediationFields } from '#lib/ledger/remediation';
import { IllegalPhaseError, inPhase } from '#lib/ledger/remediation';
import { defer } from '#lib/remediation/lifecycle/defer';
import { moved } from '#lib/remediation/lifecycle/move';
import { endOrRungFailed, escalated } from '#lib/remediation/lifecycle/rung-failed';
import { phaseOf, stateWith } from '#lib/remediation/lifecycle/state-of';
import { parseRules } from '#lib/rules/parse/parse';
import { inState } from '../in-state.ts';

const NOW = Date.UTC(2026, 10, 20, 10);
const AT = new Date(NOW).toISOString();
const LATER = new Date(NOW + 60_000).toISOString();

const fields: RemediationFields = {
  id: 'r-1',
  action: 'reset-nodes',
  pool: 'pool-1',
  nodes: ['node-1'],
  parameters: {},
  mode: 'act',
  rule: 'lost',
  alerts: [{ fingerprint: 'a', startsAt: AT }],
  contentHash: '',
  createdAt: AT,
  updatedAt: AT,
  outcomes: {},
  receipts: [],
};
const of = (state: Remediation['state'], more: Partial<RemediationFields> = {}): Remediation =>
  inState({ ...fields, ...more, state });

const outcomes = (...states: (NodeOutcome['state'] | NodeOutcome)[]): Remediation['outcomes'] =>
  Object.fromEntries(
    states.map((state, index) => [`node-${index}`, typeof state === 'string' ? { state } : state]),
  );
const NOT_KNOWN: NodeOutcome = { state: 'failed', why: 'it was not seen', notKnown: true };

function deferSucceeded(): Remediation {
  return moved(of('succeeded'), defer(of('succeeded'), LATER, 'it waits', {}), NOW);
}

test('a transition that is not in the table writes nothing, and says where the table is', () => {
  expect(deferSucceeded).toThrow(IllegalPhaseError);
  expect(deferSucceeded).toThrow(
    'r-1 is succeeded and cannot become waiting by defer: lib/remediation/lifecycle/',
  );
});

test('a phase without what it needs is written by nobody', () => {
  expect(() => inPhase(fields, 'waiting')).toThrow(/r-1 cannot be waiting: [^]*deferredUntil/);
  expect(() => inPhase(fields, 'planned')).toThrow('plan');
  expect(() => inPhase({ ...fields, ladder: { root: 'r-1', rung: 0 } }, 'rung-failed')).toThrow('failedAt');
});

test('each deferral is counted, and enters its state once', () => {
  const first = moved(of('submitting'), defer(of('submitting'), LATER, 'it waits', { why: 'full' }), NOW + 1);
  expect(first).toMatchObject({ phase: 'waiting', state: 'deferred', deferrals: 1, deferredUntil: LATER });
  expect(first.receipts).toMatchObject([{ step: 'defer', until: LATER, why: 'full' }]);
  const again = moved(first, defer(first, LATER, 'it waits', {}), NOW + 2);
  expect(again).toMatchObject({ deferrals: 2, stateSince: first.stateSince });
});

test.each([
  [outcomes('verifying', 'failed', 'succeeded'), 'verifying'],
  [outcomes('failed', 'succeeded'), 'failed'],
  [outcomes(NOT_KNOWN, 'succeeded'), 'needs-human'],
  [outcomes(NOT_KNOWN, 'failed'), 'failed'],
  [outcomes('skipped', 'succeeded'), 'succeeded'],
  [outcomes('skipped'), 'skipped'],
] as const)('of targets that are %j the phase is %s', (found, phase) => {
  expect(phaseOf(found)).toBe(phase);
});

test('what a person has to see to is theirs, unless a call is still to be seen', () => {
  expect(phaseOf(outcomes('skipped'), { isForPerson: true })).toBe('needs-human');
  expect(phaseOf(outcomes('skipped', 'verifying'), { isForPerson: true })).toBe('verifying');
});

test('a look changes no phase while targets are tried again, or while it waits', () => {
  expect(stateWith(of('running'), outcomes('running', 'failed'))).toEqual({
    outcomes: outcomes('running', 'failed'),
  });
  expect(stateWith(of('deferred'), outcomes('succeeded'))).toEqual({ outcomes: outcomes('succeeded') });
  expect(stateWith(of('running'), outcomes('succeeded', 'waiting'))).toMatchObject({ phase: 'waiting' });
  expect(stateWith(of('running'), outcomes('failed', 'waiting'))).toMatchObject({
    phase: 'failed',
    outcomes: { 'node-1': { state: 'skipped' } },
  });
});

test('a rung that fails goes on from there, and is shown by whether anybody looks at it', () => {
  const rules = parseRules(
    `pools: { train-a: { id: pool-1 } }
rules:
  - name: lost
    when: { source: alertmanager, labels: { alertname: Lost } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    ladder: [ { reset-nodes: {} } ]
`,
    'rules.yml',
  );
  const failed = (state: Remediation['state']) =>
    moved(
      of(state),
      {
        by: 'fail',
        changes: endOrRungFailed(rules, of(state), { phase: 'failed', why: 'no' }, NOW),
        receipts: [],
      },
      NOW,
    );
  expect(failed('submitting')).toMatchObject({
    phase: 'rung-failed',
    state: 'submitting',
    ladder: { rung: 0 },
  });
  const end = moved(failed('submitting'), escalated(failed('submitting'), undefined, undefined), NOW);
  expect(end).toMatchObject({ phase: 'failed', state: 'failed' });
  const next = escalated(failed('submitting'), { id: 'r-2', action: 'notify' }, undefined);
  expect(moved(failed('submitting'), next, NOW)).toMatchObject({ phase: 'escalated', escalatedTo: 'r-2' });
});
