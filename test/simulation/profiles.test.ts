import { expect, test } from 'vitest';
import { run } from './run.ts';
import { type Profile, scenarioOf } from './scenario/profiles.ts';

test.each<[number, Profile]>([
  [60, 'races'],
  [60, 'actions'],
  [60, 'recovery'],
  [60, 'consent'],
  [60, 'limits'],
  [40, 'untidy'],
  [12, 'long'],
])('%i seeds of %s keep every promise', async (count, profile) => {
  const broken: unknown[] = [];
  for (let seed = 1; seed <= count; seed += 1) {
    const result = await run(scenarioOf(seed, profile));
    if (result.violations.length > 0) broken.push({ seed, ...result.violations[0] });
  }
  expect(broken).toEqual([]);
});

test('without a word about it each kind has its turn', () => {
  const texts = new Set([1, 2, 3, 4].map((seed) => scenarioOf(seed).rulesText.split('\n')[1]));
  expect(texts.size).toBeGreaterThan(1);
});
