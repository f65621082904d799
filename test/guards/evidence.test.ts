import { describe, expect, test } from 'vitest';
import { alertFiring, evidenceAge } from '#lib/guards/evidence';
import type { AlertRecord } from '#lib/ledger/alert-document';
import { at, factsOf, HOUR, MINUTE, NOW, poolOfNodes } from '#test/capacity/pool-facts';

const alert = (status: AlertRecord['status'], seenMs: number): AlertRecord => ({
  source: 'alertmanager',
  fingerprint: 'fp',
  startsAt: at(-3 * HOUR),
  status,
  seenAt: at(seenMs),
  ...(status === 'resolved' && { resolvedAt: at(seenMs) }),
  ...(status === 'lost' && { lost: 'MissingSeries' }),
});

const ageVerdict = (remediation: object, alerts: readonly AlertRecord[] = []) =>
  evidenceAge(factsOf(poolOfNodes(1), { remediation, alerts }), NOW);

test('what a command says of a time after it was accepted counts as when it was', () => {
  const ahead = { createdAt: at(-2 * HOUR), evidenceAt: at(HOUR) };
  expect(ageVerdict(ahead)).toMatchObject({ allowed: false, why: expect.stringContaining('2 h old') });
});

describe('evidence is as fresh as the last that said it is so', () => {
  test.each([
    ['the command, an hour ago', { evidenceAt: at(-HOUR) }, [], true],
    ['the command, a moment more than an hour ago', { evidenceAt: at(-HOUR - 1) }, [], false],
    [
      'the command, and an alert delivered again',
      { evidenceAt: at(-2 * HOUR) },
      [alert('firing', -MINUTE)],
      true,
    ],
    [
      'the command, and an alert delivered again too long ago',
      { evidenceAt: at(-3 * HOUR) },
      [alert('firing', -2 * HOUR)],
      false,
    ],
    [
      'the command, and an alert that has resolved since',
      { evidenceAt: at(-2 * HOUR) },
      [alert('resolved', -MINUTE)],
      false,
    ],
    [
      'the command, and an alert that was lost since',
      { evidenceAt: at(-2 * HOUR) },
      [alert('lost', -MINUTE)],
      true,
    ],
    ['a person who approved it', { evidenceAt: at(-2 * HOUR), approval: { at: at(-MINUTE) } }, [], true],
    ['a person who approved its plan within a day', { approval: { at: at(-24 * HOUR) } }, [], true],
    ['a person who approved it too long ago', { approval: { at: at(-24 * HOUR - 1) } }, [], false],
    [
      'a person who approved it too long ago, and an alert delivered again',
      { approval: { at: at(-24 * HOUR - 1) } },
      [alert('firing', -MINUTE)],
      true,
    ],
    ['no report: no time is named', {}, [], true],
  ])('%s', (_name, remediation, alerts, allowed) => {
    expect(ageVerdict(remediation, alerts).allowed).toBe(allowed);
  });

  test('a command that comes too late is skipped; one that had to wait goes to a person, with the reason for its wait', () => {
    const old = { evidenceAt: at(-2 * HOUR) };
    expect(ageVerdict(old)).toEqual({
      guard: 'evidence-age',
      allowed: false,
      why: 'the evidence is 2 h old; the limit is 1 h',
    });
    expect(ageVerdict({ ...old, deferrals: 3, why: 'it waits: no window is open' })).toMatchObject({
      allowed: false,
      handsOver: true,
      why: 'the evidence is 2 h old; the limit is 1 h; it had to wait: it waits: no window is open',
    });
  });
});

test('of several alerts one that fires is enough; those that were never seen fire', () => {
  const references = [
    { fingerprint: 'a', startsAt: at(-HOUR) },
    { fingerprint: 'b', startsAt: at(-HOUR) },
  ];
  const verdict = (alerts: readonly AlertRecord[]) =>
    alertFiring(factsOf(poolOfNodes(1), { remediation: { alerts: references }, alerts }), NOW).allowed;
  expect(verdict([alert('resolved', 0), alert('firing', 0)])).toBe(true);
  expect(verdict([alert('resolved', 0)])).toBe(true);
  expect(verdict([alert('resolved', -MINUTE), alert('resolved', 0)])).toBe(false);
  expect(verdict([alert('lost', 0), alert('firing', 0)])).toBe(true);
  expect(verdict([alert('lost', -MINUTE), alert('resolved', 0)])).toBe(false);
});

test('of several alerts that no longer fire one that was lost is enough to wait', () => {
  const remediation = { alerts: ['a', 'b'].map((fingerprint) => ({ fingerprint, startsAt: at(-HOUR) })) };
  const alerts = [alert('resolved', 0), alert('lost', -MINUTE)];
  expect(alertFiring(factsOf(poolOfNodes(1), { remediation, alerts }), NOW)).toMatchObject({ defers: true });
});

test('no command waits for more than a day, or nine in a pool with windows; after an approval its wait begins anew', () => {
  const fresh = [alert('firing', 0)];
  const waited = (remediation: object, windows: readonly unknown[] = []) => {
    const { pool, ...facts } = factsOf(poolOfNodes(1), {
      remediation: { deferrals: 1, evidenceAt: at(0), ...remediation },
      alerts: fresh,
    });
    return evidenceAge({ ...facts, pool: { ...pool, windows: windows as [] } }, NOW);
  };
  expect(waited({ createdAt: at(-24 * HOUR) }).allowed).toBe(true);
  expect(waited({ createdAt: at(-24 * HOUR - 1) })).toMatchObject({ allowed: false, handsOver: true });
  expect(waited({ createdAt: at(-25 * HOUR) }, ['a window']).allowed).toBe(true);
  expect(waited({ createdAt: at(-9 * 24 * HOUR - 1) }, ['a window']).allowed).toBe(false);
  const approved = { hash: 'h', by: 'ada', at: at(-HOUR) };
  expect(waited({ createdAt: at(-40 * HOUR), approval: approved }).allowed).toBe(true);
});

const reference = (fingerprint: string) => ({ fingerprint, startsAt: at(-HOUR) });

describe('a supernode whose nodes were reported one by one', () => {
  const parts = [
    { remediation: 'mine', nodes: ['n1'], alerts: [reference('a'), reference('b')] },
    { remediation: 'other', nodes: ['n2'], alerts: [reference('c')] },
  ];
  const verdict = (statuses: Readonly<Record<string, AlertRecord['status']>>) => {
    const alerts = Object.entries(statuses).map(([fingerprint, status]): AlertRecord => {
      const { startsAt: _claim, ...rest } = alert(status, 0);
      return { ...rest, ...reference(fingerprint) };
    });
    const remediation = { alerts: parts.flatMap((part) => part.alerts), whole: { nodes: ['n2'], parts } };
    return alertFiring(factsOf(poolOfNodes(2), { remediation, alerts }), NOW);
  };

  test.each<[string, Readonly<Record<string, AlertRecord['status']>>, boolean]>([
    ['all alerts fire', { a: 'firing', b: 'firing', c: 'firing' }, true],
    ['each node has one that fires', { a: 'resolved', b: 'firing', c: 'firing' }, true],
    ['each node has one that fires, besides a lost one', { a: 'lost', b: 'firing', c: 'firing' }, true],
    ['all of a node have resolved', { a: 'resolved', b: 'resolved', c: 'firing' }, false],
    ['all of a node are over or lost', { a: 'firing', b: 'firing', c: 'lost' }, false],
  ])('may move if %s', (_name, statuses, allowed) => {
    expect(verdict(statuses)).toMatchObject(allowed ? { allowed } : { allowed, handsOver: true });
  });
});

test('a lost alert is neither a reason nor a resolution: the command waits, and looks again', () => {
  const remediation = { alerts: [{ fingerprint: 'fp', startsAt: at(-HOUR) }] };
  const facts = factsOf(poolOfNodes(1), { remediation, alerts: [alert('lost', -MINUTE)] });
  expect(alertFiring(facts, NOW)).toEqual({
    guard: 'alert-firing',
    allowed: false,
    defers: true,
    unknown: true,
    until: at(5 * MINUTE),
    why: 'the sender of alert fp has lost sight of it (MissingSeries): the fault may be over or not',
  });
  const undoing = { ...remediation, resolution: { root: 'r', step: 0, node: 'n', undoes: [] } };
  const step = factsOf(poolOfNodes(1), { remediation: undoing, alerts: [alert('lost', -MINUTE)] });
  expect(alertFiring(step, NOW)).toMatchObject({ allowed: false });
});
