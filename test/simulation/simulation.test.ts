import { expect, test } from 'vitest';
import { run } from './run.ts';
import { generateScenario } from './scenario/profiles/generate.ts';
import { CORNERS } from './scenario/profiles/generate-corners.ts';
import { profiles, scenarioOf, TURNS } from './scenario/profiles/profiles.ts';
import { READING_MISHAPS } from './world/odd-readings.ts';

test('the same seed is the same run', async () => {
  const first = await run(generateScenario(7));
  const second = await run(generateScenario(7));
  expect(second.hash).toBe(first.hash);
  expect(second.steps).toBe(first.steps);
});

test('the tidy twin of a world runs for as long as the odd one, and hears the same alerts', async () => {
  // Odd readings defer a command, so that its world is the only one of the two that is there for a later delivery.
  const { violations } = await run(scenarioOf(700_915));
  expect(violations).toEqual([]);
});

test('without a word about it each kind has its turn', () => {
  const texts = new Set([1, 2, 3, 4].map((seed) => scenarioOf(seed).rulesText.split('\n')[1]));
  expect(texts.size).toBeGreaterThan(1);
});

test('without a word about it each corner has its turn', () => {
  const seeds = Array.from({ length: TURNS.length * CORNERS.length }, (_, seed) => seed);
  const corners = seeds.filter((seed) => TURNS[seed % TURNS.length] === 'corners');
  expect(new Set(corners.map((seed) => seed % CORNERS.length)).size).toBe(CORNERS.length);
});

test('what a world wants to be odd about readings is a mishap of that name', () => {
  const wanted = profiles.flatMap((profile) =>
    Array.from({ length: 120 }, (_, seed) => Object.keys(scenarioOf(seed, profile).often ?? {})).flat(),
  );
  const unknown = wanted.filter((name) => name.startsWith('odd-') && !READING_MISHAPS.includes(name));
  expect([...new Set(unknown)]).toEqual([]);
});
