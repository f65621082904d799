import { describe, expect, test } from 'vitest';
import { MAX_ALERTS } from '#lib/ledger/limits';
import type { Remediation } from '#lib/ledger/remediation';
import type { RemediationFields } from '#lib/ledger/remediation-fields';
import { firstPoll, nextPoll } from '#lib/remediation/messages/poll-schedule';
import { backoffMs } from '#lib/remediation/record/backoff';
import {
  deadlineOf,
  effectiveMode,
  healthyOf,
  limitsOf,
  rungOf,
  verificationOf,
} from '#lib/remediation/record/limits';
import { isWaiting, newestAlerts } from '#lib/remediation/record/open';
import { lastOf } from '#lib/remediation/record/outcome';
import { resolvedBy } from '#lib/remediation/record/resolution';
import { isUndone, mayHaveBeenDone } from '#lib/remediation/record/undone';
import { at as inPhase } from '../lifecycle/in-phase.ts';
import { rulesOf } from '../rules-of.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const RULES = rulesOf(`
pools:
  a: { id: pool-a, healthy: { driver: of-a, os: of-a } }
  b: { id: pool-b, healthy: { driver: of-b } }
rules:
  - name: lost
    node: { from: labels.instance }
    pool: a
    mode: act
    cooldown: 2h
    phase: [Abnormal]
    rounds: { max: 2, within: 2d }
    healthy: { os: of-rule }
    ladder:
      - { reset-nodes: {}, verify: { healthyFor: 1m, within: 10m } }
      - { reset-nodes: {}, mode: approve, deadline: 3h, verify: { healthyFor: 2m, within: 20m } }
    onResolved:
      - { update-nodes: { action: closeHaRedundant }, deadline: 7m }
  - name: careful
    node: { from: labels.instance }
    pool: a
    mode: approve
    ladder: [ { reset-nodes: {} } ]
schedules:
  - name: nightly
    cron: "0 1 * * ? *"
    within: 3h
    reset-nodes: { pool: a, nodes: [n1] }
`);

const of = (more: Partial<RemediationFields>): Remediation => inPhase('undecided', { rule: 'lost', ...more });
const alertless = { alerts: [] };
const step = { root: 'r-1', step: 0, node: 'node-0', undoes: ['r-1'] };
const undoing = of({
  ...alertless,
  action: 'update-nodes',
  parameters: { action: 'closeHaRedundant' },
  resolution: step,
});

describe('the rung of a remediation', () => {
  test.each([
    ['the first', of({}), 10],
    ['the first, by its place', of({ ladder: { root: 'r-1', rung: 0 } }), 10],
    ['the second of the same action', of({ ladder: { root: 'r-1', rung: 1 } }), 20],
    ['the first of its action, if the ladder has changed', of({ ladder: { root: 'r-1', rung: 7 } }), 10],
  ])('is %s', (_name, remediation, minutes) => {
    expect(verificationOf(RULES, remediation)?.withinMs).toBe(minutes * MINUTE);
  });

  test('after a resolution is the step', () => {
    expect(rungOf(RULES, undoing)?.deadlineMs).toBe(7 * MINUTE);
    expect(rungOf(RULES, { ...undoing, resolution: { ...step, step: 1 } })).toBeUndefined();
  });

  test('says how long it may run, unless the command does', () => {
    const second = { ladder: { root: 'r-1', rung: 1 } };
    expect(deadlineOf(RULES, of(second))).toBe(3 * HOUR);
    expect(deadlineOf(RULES, of({ ...second, options: { deadline: '4h' } }))).toBe(4 * HOUR);
    expect(deadlineOf(RULES, of({}))).toBe(RULES.deadlinesMs['reset-nodes']);
  });
});

/** The demands on the driver and the system of a node after a call. */
const said = (toPoolName?: string) => {
  const { driver, os } = healthyOf(RULES, of({ pool: 'pool-a' }), { ...(toPoolName && { toPoolName }) });
  return [driver, os];
};

describe('the limits of a remediation', () => {
  test('are those of its rule; after a resolution without the phase and the rounds of its ladder', () => {
    expect(limitsOf(RULES, of({}))).toMatchObject({
      cooldownMs: 2 * HOUR,
      phase: ['Abnormal'],
      rounds: { max: 2 },
    });
    const after = limitsOf(RULES, undoing);
    expect(after).toMatchObject({ cooldownMs: 2 * HOUR });
    expect([after.phase, after.rounds]).toEqual([undefined, undefined]);
  });

  test('of a firing are as long as its schedule says', () => {
    const fired = of({ ...alertless, rule: undefined, scheduledBy: 'nightly' });
    expect(limitsOf(RULES, fired)).toMatchObject({ maxEvidenceAgeMs: 3 * HOUR, cooldownMs: HOUR });
  });

  test('for a node that is well are those of the pool that it is in then, and first those of its rule', () => {
    expect(said()).toEqual([['of-a'], ['of-rule']]);
    expect(said('pool-b')).toEqual([['of-b'], ['of-rule']]);
  });
});

test.each<[string, Partial<RemediationFields>, string]>([
  ['its own', { mode: 'act' }, 'act'],
  ['its own, if that is more cautious than its rule', { mode: 'observe' }, 'observe'],
  ['that of its rung, if that is more cautious', { ladder: { root: 'r-1', rung: 1 } }, 'approve'],
  [
    'not that of its rung, if that is bolder',
    { mode: 'observe', ladder: { root: 'r-1', rung: 1 } },
    'observe',
  ],
  ['that of its rule, if that is more cautious now', { rule: 'careful' }, 'approve'],
  ['observe, if its rule is gone', { rule: 'gone' }, 'observe'],
  [
    'observe, if the rule whose alert has resolved is gone',
    { ...alertless, rule: 'gone', resolution: step },
    'observe',
  ],
  ['its own, if it only names a rule and comes from no alert', { ...alertless, rule: 'gone' }, 'act'],
  ['observe, if its schedule is gone', { ...alertless, rule: 'x', scheduledBy: 'gone' }, 'observe'],
])('the mode of a remediation is %s', (_name, more, mode) => {
  expect(effectiveMode(RULES, of(more)).mode).toBe(mode);
});

const iso = (ms: number) => new Date(Date.UTC(2026, 10, 20, 10) + ms).toISOString();

/** When the last call of a remediation was made. */
const calledAt = (more: Partial<RemediationFields>) => lastOf(of(more), 'succeeded', iso(HOUR))?.calledAt;

describe('the last call of a target', () => {
  test('was made when it was answered, and not later than its function ran', () => {
    expect(calledAt({ createdAt: iso(-HOUR), intendedAt: iso(0), answeredAt: iso(5_000) })).toBe(iso(5_000));
    expect(calledAt({ intendedAt: iso(0), answeredAt: iso(HOUR) })).toBe(iso(MINUTE));
    expect(calledAt({ intendedAt: iso(0) })).toBe(iso(0));
  });

  test.each<[string, Partial<RemediationFields>, boolean]>([
    ['a reset', {}, true],
    [
      'redundancy, which takes a node out of service',
      { action: 'update-nodes', parameters: { action: 'openHaRedundant' } },
      true,
    ],
    ['tags', { action: 'update-nodes', parameters: { action: 'createTags' } }, false],
  ])('of %s is followed by a cooldown: %s', (_name, more, isFollowed) => {
    expect(lastOf(of(more), 'succeeded', iso(0)) !== undefined).toBe(isFollowed);
  });
});

test('of too many alerts the newest are kept', () => {
  const alerts = Array.from({ length: MAX_ALERTS + 2 }, (_, index) => ({
    fingerprint: `fp-${index}`,
    startsAt: iso(index * 1_000),
  }));
  const kept = new Set(newestAlerts(alerts).map(({ fingerprint }) => fingerprint));
  expect([kept.size, kept.has('fp-0'), kept.has('fp-1'), kept.has('fp-2')]).toEqual([
    MAX_ALERTS,
    false,
    false,
    true,
  ]);
});

test.each<[string, Partial<RemediationFields>, boolean]>([
  ['was not judged yet', {}, true],
  ['was judged', { judged: 'targets' }, false],
  [
    'was judged, and waits for another judgement',
    { judged: 'targets', judgedAgain: { at: iso(0), times: 1 } },
    true,
  ],
  [
    'was judged again since',
    { judged: 'targets', judgedAgain: { at: iso(0), times: 1 }, updatedAt: iso(1) },
    false,
  ],
  ['is part of a call', { callId: 'c' }, false],
])('a command that %s waits for its function: %s', (_name, more, waits) => {
  expect(isWaiting(of(more))).toBe(waits);
});

test.each<[string, Remediation, boolean]>([
  ['was accepted', inPhase('failed', { callId: 'c', acceptedCalls: ['c'] }), true],
  ['is under way', inPhase('calling'), true],
  ['was given up without an answer', inPhase('needs-human', { callId: 'c' }), true],
  ['was refused', inPhase('failed', { callId: 'c' }), false],
  ['was not made again after an answer was lost', inPhase('skipped', { callId: 'c', unsure: true }), true],
  [
    'was not made again, because the node pool is as it should be',
    inPhase('succeeded', { callId: 'c', unsure: true }),
    true,
  ],
  ['was never made', inPhase('needs-human'), false],
])('what a call has done that %s may have to be undone: %s', (_name, rung, may) => {
  expect(mayHaveBeenDone(rung)).toBe(may);
});

test('a step that no function or person refused undoes what was done', () => {
  const states = [
    'undecided',
    'running',
    'succeeded',
    'needs-human',
    'skipped',
    'rejected',
    'observed',
  ] as const;
  expect(states.filter((phase) => isUndone(inPhase(phase)))).toEqual([
    'undecided',
    'running',
    'succeeded',
    'needs-human',
  ]);
});

/** A reading that shows the address on a node. */
const shows = (name: string | undefined) => [
  { target: '10.0.0.1', node: name === undefined ? undefined : ({ name } as never) },
];

describe('an address in a command', () => {
  const known = { '10.0.0.1': { node: 'n1', since: iso(0) } };

  test('stands for a node since the first reading without another', () => {
    expect(resolvedBy({}, shows('n1'), Date.parse(iso(0)))).toEqual(known);
    expect(resolvedBy({ resolved: known }, shows('n1'), Date.parse(iso(5)))).toEqual(known);
    expect(resolvedBy({ resolved: known }, shows('n2'), Date.parse(iso(5)))).toEqual({
      '10.0.0.1': { node: 'n2', since: iso(5) },
    });
    expect(resolvedBy({ resolved: known }, shows(undefined), Date.parse(iso(5)))).toEqual({});
  });

  test('stands for the node of its first call from then on, and may be found after that', () => {
    const called = { intendedAt: iso(0) };
    expect(resolvedBy({ resolved: known, ...called }, shows('n2'), Date.parse(iso(5)))).toEqual(known);
    expect(resolvedBy(called, shows('n1'), Date.parse(iso(0)))).toEqual(known);
  });
});

test('polls lie on the grid: the first not before its time, the next after now', () => {
  const rules = { polling: { firstMs: 90_000, everyMs: 30_000 } };
  const polls = (nowMs: number) => [firstPoll(nowMs, rules), nextPoll(nowMs, rules)];
  expect(polls(0)).toEqual([90_000, 30_000]);
  expect(polls(1)).toEqual([120_000, 30_000]);
  expect(polls(29_999)).toEqual([120_000, 30_000]);
  expect(polls(30_000)).toEqual([120_000, 60_000]);
});

test('a pause doubles with each failure in a row, up to a quarter of an hour', () => {
  expect([0, 1, 2, 3, 4, 99].map((times) => backoffMs(times, MINUTE) / MINUTE)).toEqual([1, 1, 2, 4, 8, 15]);
});
