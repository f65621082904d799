import { describe, expect, test } from 'vitest';
import { pairable } from '../profiles/generate-untidy.ts';
import type { AlertEpisode } from '../scenario.ts';
import { asSaid, changesFingerprint, type SenderHabits } from './sender-habits.ts';

/** The fingerprints of forty deliveries, and the deliveries with another one than before. */
function saidBy(sender: SenderHabits) {
  const episode = { fingerprint: 'fp', startsAtMs: 0, sender } as AlertEpisode;
  const deliveries = Array.from({ length: 40 }, (_, index) => index + 1);
  return {
    fingerprints: deliveries.map((delivery) => asSaid(episode, delivery).fingerprint),
    changes: deliveries.filter((delivery) => changesFingerprint(episode, delivery)),
  };
}

describe('a sender that changes its fingerprints', () => {
  test('begins again with the first of them', () => {
    const { fingerprints, changes } = saidBy({ fingerprints: 2 });
    expect(fingerprints.slice(0, 7)).toEqual(['fp', 'fp', 'fp', 'fp-v1', 'fp-v1', 'fp-v1', 'fp']);
    expect(changes.slice(0, 3)).toEqual([4, 7, 10]);
  });

  test.each([1, 2, 5])('uses none of %i again in a pair', (count) => {
    const { fingerprints, changes } = saidBy(pairable({ fingerprints: count }));
    const periods = fingerprints.filter((fingerprint, index) => fingerprint !== fingerprints[index - 1]);
    expect(periods).toHaveLength(count);
    expect(new Set(periods).size).toBe(count);
    expect(changes).toEqual([4, 7, 10, 13].slice(0, count - 1));
  });
});
