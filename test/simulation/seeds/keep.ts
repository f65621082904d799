import { expect, test } from 'vitest';
import { runs } from '#test/runs';
import { run } from '../run.ts';
import { generateScenario } from '../scenario/profiles/generate.ts';
import { type Profile, scenarioOf } from '../scenario/profiles/profiles.ts';

/** How many worlds are one test. */
const AT_ONCE = 30;

/**
 * Tests that the first worlds keep every promise. A file has as many as one processor runs in half a minute: the files are
 * spread over all of them. With `RUNS`, these are as many times more.
 *
 * @param profile absent: the worlds that have none.
 */
export function keepEveryPromise(usual: number, profile?: Profile): void {
  const count = runs(usual);
  for (let first = 1; first <= count; first += AT_ONCE) {
    const last = Math.min(count, first + AT_ONCE - 1);
    test(`seeds ${first} to ${last} of ${profile ?? 'the default'} keep every promise`, async () => {
      const broken: unknown[] = [];
      for (let seed = first; seed <= last; seed += 1) {
        const result = await run(profile ? scenarioOf(seed, profile) : generateScenario(seed));
        if (result.violations.length > 0) broken.push({ seed, ...result.violations[0] });
      }
      expect(broken).toEqual([]);
    });
  }
}
