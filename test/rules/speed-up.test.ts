import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRules } from '#lib/rules/parse/parse';
import { withFasterClock } from '#lib/rules/speed-up';

const everyKey = readFileSync(new URL('every-key.yml', import.meta.url), 'utf8');
const rules = parseRules(everyKey, 'every-key.yml');

test('what is waited for is divided by the speed, what protects nodes is not', () => {
  const fast = withFasterClock(rules, 60);

  expect(fast.polling).toEqual({ firstMs: 1_500, everyMs: 1_000 });
  expect(fast.deadlinesMs).toEqual({
    'reset-nodes': 45_000,
    'update-nodes': 15_000,
    'migrate-nodes': 60_000,
    'update-node-pool': 45_000,
    'delete-node-pool': 45_000,
    'accept-event': 1_440_000,
  });
  expect(withFasterClock(rules, 10).waits).toEqual({
    goneAfterMs: 6_000,
    retryMs: 6_000,
    failedNodesMs: 3_000,
    busyMs: 1_500,
    betweenStepsMs: 3_000,
    snapshotEveryMs: 6_000,
    unreadMs: 30_000,
  });
  expect(fast.rules[0]?.ladder[1]).toMatchObject({ verify: { healthyForMs: 2_000, withinMs: 45_000 } });
  expect(fast.rules[0]).toMatchObject({ cooldownMs: 21_600_000, maxEvidenceAgeMs: 1_800_000 });
  expect({ pools: fast.pools, schedules: fast.schedules }).toEqual({
    pools: rules.pools,
    schedules: rules.schedules,
  });
});

test('the deadline of a rung is divided with the others', () => {
  const text = everyKey.replace('verify: { healthyFor: 2m, within: 45m }', 'deadline: 2h');
  const [, rung] = withFasterClock(parseRules(text, 'every-key.yml'), 60).rules[0]!.ladder;
  expect(rung).toMatchObject({ action: 'reset-nodes', deadlineMs: 120_000 });
});

test('at any speed nothing becomes shorter than a second, and nothing is changed in place', () => {
  const before = JSON.stringify(rules);
  fc.assert(
    fc.property(fc.double({ min: 1, max: 1e6, noNaN: true }), (speed) => {
      const fast = withFasterClock(rules, speed);
      const { polling, deadlinesMs, waits } = fast;
      const all = [polling, deadlinesMs, waits].flatMap((spans) => Object.values(spans));
      expect(Math.min(...all)).toBeGreaterThanOrEqual(1_000);
      expect(all.every(Number.isInteger)).toBe(true);
    }),
  );
  expect(JSON.stringify(rules)).toBe(before);
  expect(withFasterClock(rules, 1)).toEqual(rules);
});

test('no wait at all stays none', () => {
  const text = everyKey.replace('first: 90s', 'first: 0s').replace('healthyFor: 2m', 'healthyFor: 0s');
  const fast = withFasterClock(parseRules(text, 'every-key.yml'), 60);
  expect(fast.polling.firstMs).toBe(0);
  expect(fast.rules[0]?.ladder[1]).toMatchObject({ verify: { healthyForMs: 0 } });
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a speed of %j is refused', (speed) => {
  expect(() => withFasterClock(rules, speed)).toThrow(
    new RangeError(`the speed must be a number greater than 0, not ${speed}`),
  );
});
