import { describe, expect, test } from 'vitest';
import type { Facts } from '#lib/guards/guard';
import { cooldown, newerThanLastRemediation } from '#lib/guards/history';
import type { AlertRecord } from '#lib/ledger/alert-document';
import { at, factsOf, HOUR, MINUTE, NOW, poolOfNodes } from '#test/capacity/pool-facts';

type Last = NonNullable<NonNullable<Facts['record']>['last']>;

/** The facts about a node whose last call was made two hours ago, and ended an hour ago. */
function after(
  last: Partial<Last>,
  remediation: Partial<Facts['remediation']>,
  alerts: readonly AlertRecord[] = [],
): Facts {
  const call = { remediation: 'other', action: 'reset-nodes', calledAt: at(-2 * HOUR), endedAt: at(-HOUR) };
  const record = { pool: 'pool-a', node: 'n1', last: { ...call, ...last } };
  return factsOf(poolOfNodes(1), { record, remediation, alerts });
}

const alert = (beganMs: number, seenMs: number): AlertRecord => ({
  source: 'alertmanager',
  fingerprint: 'fp',
  startsAt: at(beganMs),
  status: 'firing',
  seenAt: at(seenMs),
});

describe('a cooldown', () => {
  test.each<[string, Partial<Last>, Partial<Facts['remediation']>, boolean]>([
    ['a call of another command', { calledAt: at(-HOUR + 1) }, {}, false],
    ['that call, an hour ago', { calledAt: at(-HOUR) }, {}, true],
    ['its own call', { remediation: 'mine', calledAt: at(0) }, {}, true],
    ['a rung of its own ladder', { root: 'r', calledAt: at(0) }, { ladder: { root: 'r', rung: 1 } }, true],
    [
      'the ladder that its step follows',
      { root: 'r', calledAt: at(0) },
      { resolution: { root: 'r', step: 0, node: 'n1', undoes: [] } },
      true,
    ],
    [
      'the call that its step undoes',
      { calledAt: at(0) },
      { resolution: { root: 'r', step: 0, node: 'n1', undoes: ['other'] } },
      true,
    ],
    [
      'another call than its step undoes',
      { root: 's', calledAt: at(0) },
      { resolution: { root: 'r', step: 0, node: 'n1', undoes: ['first'] } },
      false,
    ],
  ])('after %s', (_name, last, remediation, allowed) => {
    expect(cooldown(after(last, remediation), NOW).allowed).toBe(allowed);
  });
});

/** The answer to an alert of the time before or after the call, by when it began and was last received. */
function onAlert(beganMs: number, seenMs: number, now = NOW) {
  const remediation = { alerts: [{ fingerprint: 'fp', startsAt: at(beganMs) }] };
  const { allowed, defers } = newerThanLastRemediation(after({}, remediation, [alert(beganMs, seenMs)]), now);
  return { allowed, defers };
}

describe('an alert from before the end of the last call', () => {
  test('speaks of a state that is no more, also if it began after the call was made', () => {
    expect(onAlert(-90 * MINUTE, -90 * MINUTE)).toEqual({ allowed: false, defers: undefined });
    expect(onAlert(-HOUR + 1, -HOUR + 1)).toEqual({ allowed: true, defers: undefined });
  });

  test('counts if it was received firing after it had time to resolve', () => {
    expect(onAlert(-90 * MINUTE, -45 * MINUTE + 1)).toEqual({ allowed: true, defers: undefined });
    // The last delivery came too early to say that, however long ago that was.
    expect(onAlert(-90 * MINUTE, -50 * MINUTE)).toEqual({ allowed: false, defers: undefined });
  });

  test('waits for as long as that', () => {
    expect(onAlert(-90 * MINUTE, -50 * MINUTE, NOW - 45 * MINUTE)).toEqual({ allowed: false, defers: true });
  });
});

test('a node of a supernode is left alone until its own alert is news, also while alerts about others fire', () => {
  const own = { ...alert(-3 * HOUR, -HOUR), fingerprint: 'own' };
  const others = { ...alert(-MINUTE, 0), fingerprint: 'others' };
  const parts = [
    { remediation: 'mine', nodes: ['n1'], alerts: [own] },
    { remediation: 'joined', nodes: ['n2'], alerts: [others] },
  ];
  const allowed = (more: Partial<AlertRecord>) =>
    newerThanLastRemediation(
      after({}, { alerts: [own], whole: { nodes: ['n1', 'n2'], parts } }, [{ ...own, ...more }, others]),
      NOW,
    ).allowed;
  expect(allowed({})).toBe(false);
  expect(allowed({ seenAt: at(0) })).toBe(true);
});
