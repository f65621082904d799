import { describe, expect, test } from 'vitest';
import { type NodeLadder, nodeLadder, noRepeatAfterSuccess } from '#lib/guards/node-ladder';
import type { AlertRecord } from '#lib/ledger/alert-document';
import { at, factsOf, HOUR, MINUTE, NOW, poolOfNodes } from '#test/capacity/pool-facts';

/** Another ladder of the same rule, which entered its state half an hour ago. */
const ladder = (more: Partial<NodeLadder> = {}): NodeLadder => ({
  remediation: 'other',
  state: 'succeeded',
  hasEnded: true,
  since: at(-30 * MINUTE),
  withinMs: 15 * MINUTE,
  alerts: [],
  ...more,
});

/** The facts for an alert that began, and was last received firing, so long ago. The cooldown is an hour. */
function facts(other: NodeLadder, beganMs: number, seenMs: number, cooldownMs = HOUR) {
  const alerts: AlertRecord[] = [
    {
      source: 's',
      fingerprint: 'fp',
      startsAt: at(-beganMs),
      status: 'firing',
      seenAt: at(-seenMs),
    },
  ];
  const remediation = { alerts: [{ fingerprint: 'fp', startsAt: at(-beganMs) }] };
  const known = factsOf(poolOfNodes(1), { remediation, alerts, nodeLadder: other });
  return { ...known, limits: { ...known.limits, cooldownMs } };
}

function verdict(other: NodeLadder, beganMs: number, seenMs: number, cooldownMs?: number) {
  const { allowed, until } = nodeLadder(facts(other, beganMs, seenMs, cooldownMs), NOW);
  return until === undefined ? allowed : until;
}

const asked = at(15 * MINUTE);

describe('an alert about a node whose rule has begun a ladder', () => {
  test.each<[string, NodeLadder, number, number, unknown]>([
    ['waits while it is under way', ladder({ state: 'running', hasEnded: false }), MINUTE, MINUTE, asked],
    ['is a new case after it has failed', ladder({ state: 'failed' }), 40 * MINUTE, MINUTE, true],
    [
      'needs no second person, if it began before',
      ladder({ state: 'needs-human' }),
      40 * MINUTE,
      MINUTE,
      false,
    ],
    ['needs one, if it began since', ladder({ state: 'needs-human' }), 20 * MINUTE, MINUTE, true],
    ['has time to resolve', ladder({ since: at(-10 * MINUTE) }), 40 * MINUTE, MINUTE, at(5 * MINUTE + 1_000)],
    ['lets it go on, if it still fires after that', ladder(), 40 * MINUTE, 14 * MINUTE, asked],
    ['is over, if nothing has said since that it fires', ladder(), 40 * MINUTE, 16 * MINUTE, false],
    ['is of its case in the cooldown, also if it began since', ladder(), 20 * MINUTE, MINUTE, asked],
    ['is a new case after the cooldown', ladder({ since: at(-HOUR) }), 20 * MINUTE, MINUTE, true],
    ['is none after the cooldown, if it began before', ladder({ since: at(-HOUR) }), 2 * HOUR, MINUTE, asked],
  ])('%s', (_name, other, beganMs, seenMs, expected) => {
    expect(verdict(other, beganMs, seenMs)).toBe(expected);
  });
});

test('only a success that its alert has outlasted did not repair the node', () => {
  const other = ladder();
  const found = (seenMs: number, more: Partial<NodeLadder> = {}) =>
    noRepeatAfterSuccess(facts({ ...other, ...more }, 40 * MINUTE, seenMs), NOW) !== undefined;
  expect([found(14 * MINUTE), found(15 * MINUTE)]).toEqual([true, false]);
  expect(found(MINUTE, { state: 'failed' })).toBe(false);
});
