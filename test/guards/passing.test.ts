import { expect, test } from 'vitest';
import { asPassing } from '#lib/guards/passing';
import { maySpeakOf } from '#lib/guards/replacement';
import { unknown } from '#lib/guards/unknown';
import { at, factsOf, HOUR, MINUTE, NOW, poolOfNodes } from '#test/capacity/pool-facts';

const reference = { fingerprint: 'fp', startsAt: at(-HOUR) };
const facts = (alerts: (typeof reference)[]) => factsOf(poolOfNodes(1), { remediation: { alerts } });
const refusal = (guard: string, until?: string) => ({
  guard,
  allowed: false,
  why: 'no',
  ...(until && { until }),
});

test.each(['one-at-a-time', 'cooldown', 'no-workload', 'node-phase'])(
  'what %s refuses of an alert is asked again within a quarter of an hour; a person can ask again',
  (guard) => {
    const verdict = refusal(guard);
    expect(asPassing(verdict, facts([reference]), NOW)).toMatchObject({
      defers: true,
      until: at(15 * MINUTE),
    });
    expect(asPassing(verdict, facts([]), NOW)).toBe(verdict);
  },
);

test.each([
  [5 * MINUTE, 5 * MINUTE],
  [6 * HOUR, 15 * MINUTE],
  [-MINUTE, 1_000],
])('what ends after %i ms is asked again after %i ms', (untilMs, askedMs) => {
  const verdict = refusal('cooldown', at(untilMs));
  expect(asPassing(verdict, facts([reference]), NOW).until).toBe(at(askedMs));
});

test('what refuses for good stays refused', () => {
  const verdict = refusal('rounds');
  expect(asPassing(verdict, facts([reference]), NOW)).toBe(verdict);
});

test('a reading that shows too little is made again after a pause, twice as long each time, up to a quarter of an hour', () => {
  const waits = { goneAfterMs: 1_000, retryMs: MINUTE };
  const pauses = [undefined, 1, 2, 3, 4, 50].map((deferrals) => {
    const remediation = deferrals === undefined ? {} : { deferrals };
    const { until = '' } = unknown('g', 'w', factsOf(poolOfNodes(1), { remediation, waits }), NOW);
    return (Date.parse(until) - NOW) / MINUTE;
  });
  expect(pauses).toEqual([1, 2, 4, 8, 15, 15]);
});

test('an alert may speak of a node of unknown age', () => {
  const firing = {
    source: 's',
    fingerprint: 'fp',
    startsAt: at(-HOUR),
    status: 'firing' as const,
    seenAt: at(0),
  };
  expect(maySpeakOf({ createdAt: undefined }, [firing])).toBe(true);
  expect(maySpeakOf({ createdAt: at(-20 * MINUTE) }, [firing])).toBe(true);
  expect(maySpeakOf({ createdAt: at(-15 * MINUTE) }, [firing])).toBe(false);
  expect(maySpeakOf({ createdAt: undefined }, [{ ...firing, status: 'resolved' }])).toBe(false);
});
