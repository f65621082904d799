import { expect, test } from 'vitest';
import { run } from './run.ts';
import { generateScenario } from './scenario/generate.ts';

test('the same seed is the same run', async () => {
  const first = await run(generateScenario(7));
  const second = await run(generateScenario(7));
  expect(second.hash).toBe(first.hash);
  expect(second.steps).toBe(first.steps);
});

test('300 seeds keep every promise', async () => {
  const broken: unknown[] = [];
  for (let seed = 1; seed <= 300; seed += 1) {
    const result = await run(generateScenario(seed));
    if (result.violations.length > 0) broken.push({ seed, ...result.violations[0] });
  }
  expect(broken).toEqual([]);
});
