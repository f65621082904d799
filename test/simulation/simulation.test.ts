import { expect, test } from 'vitest';
import { run } from './run.ts';
import { generateScenario } from './scenario/profiles/generate.ts';
import { scenarioOf } from './scenario/profiles/profiles.ts';

test('the same seed is the same run', async () => {
  const first = await run(generateScenario(7));
  const second = await run(generateScenario(7));
  expect(second.hash).toBe(first.hash);
  expect(second.steps).toBe(first.steps);
});

test('without a word about it each kind has its turn', () => {
  const texts = new Set([1, 2, 3, 4].map((seed) => scenarioOf(seed).rulesText.split('\n')[1]));
  expect(texts.size).toBeGreaterThan(1);
});
