import { describe, expect, test } from 'vitest';
import { waitListEntry } from '#lib/capacity/wait-list-entry';
import type { Verdict } from '#lib/guards/guard';
import type { Judged } from '#lib/remediation/planning/verdicts';
import { at, factsOf, HOUR, MINUTE, NOW, poolOfNodes } from './pool-facts.ts';

const LATER: Verdict = { guard: 'one-at-a-time', allowed: false, defers: true, why: 'later' };
const until = (ms: number, guard = 'cooldown'): Verdict => ({ ...LATER, guard, until: at(ms) });

/** When a command comes back whose nodes are deferred by these verdicts, and what it waits for. */
function entry(remediation: Parameters<typeof factsOf>[1], ...verdicts: Verdict[][]) {
  const deferred = verdicts.map(
    (some, index): Judged => ({
      facts: {
        ...factsOf(poolOfNodes(3), { of: `n${index + 1}`, ...remediation }),
        readAtMs: NOW - 3_000,
      },
      verdicts: some,
    }),
  );
  const { waitsFor, comesBackAtMs, readAt } = waitListEntry(deferred[0]!.facts.remediation, deferred, 1, NOW);
  return { waitsFor, inMs: comesBackAtMs - NOW, readAt };
}

const fresh = { remediation: { evidenceAt: at(0) } };

describe('a command that waits comes back', () => {
  test.each<[string, Verdict[][], string, number]>([
    ['for a place, after a quarter of an hour at the latest', [[LATER]], 'place', 15 * MINUTE],
    ['at a time', [[until(5 * MINUTE)]], 'time', 5 * MINUTE],
    ['at the later of several', [[until(5 * MINUTE)], [until(8 * MINUTE)]], 'time', 8 * MINUTE],
    ['at the later of several, of one node', [[until(8 * MINUTE), until(5 * MINUTE)]], 'time', 8 * MINUTE],
    ['when its evidence is too old, if that comes first', [[until(3 * HOUR)]], 'time', HOUR + 1_000],
    [
      'when its window opens, however old its evidence is by then',
      [[until(3 * HOUR, 'window')]],
      'time',
      3 * HOUR,
    ],
    ['not before a second has passed', [[until(-HOUR)]], 'time', 1_000],
  ])('%s', (_name, verdicts, waitsFor, inMs) => {
    expect(entry(fresh, ...verdicts)).toEqual({ waitsFor, inMs, readAt: at(-3_000) });
  });

  test('without evidence when it has waited for a day', () => {
    expect(entry({}, [until(48 * HOUR)])).toMatchObject({ inMs: 24 * HOUR + 1_000 });
    const approval = { hash: 'h', by: 'ada', at: at(-HOUR) };
    const approved = { remediation: { createdAt: at(-20 * HOUR), approval } };
    expect(entry(approved, [until(48 * HOUR)])).toMatchObject({ inMs: 23 * HOUR + 1_000 });
  });
});
