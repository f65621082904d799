import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { warningsIn } from '#lib/rules/warnings/find-warnings';
import { chapters, readRecipe, withRecipes } from '#local/pages/cookbook';
import { readTestFile } from '#local/rule-tests/read-test-file';
import { runTest } from '#local/rule-tests/run-test';

const folder = new URL('../../docs/rules/cookbook/', import.meta.url);
const textOf = (name: string) => readFileSync(new URL(`${name}.tests.yml`, folder), 'utf8');
const names = Object.values(chapters).flat();

test('docs/rules/cookbook.md has each recipe as its file has it: npm run schema writes them', async () => {
  const page = readFileSync(new URL('../cookbook.md', folder), 'utf8');
  expect(withRecipes(page, textOf)).toBe(page);
  expect(names.map((name) => `${name}.tests.yml`).toSorted()).toEqual((await readdir(folder)).toSorted());
  expect(names).toHaveLength(20);
});

describe.each(names)('the recipe %s', async (name) => {
  const recipe = readRecipe(textOf(name));
  const { rules, tests } = await readTestFile(textOf(name), `${name}.tests.yml`, () =>
    Promise.reject(new Error('a recipe has its rules in its file')),
  );

  test('has rules without a warning', () => {
    expect(warningsIn(recipe.rules, 'poolkeeper.yml', Date.parse('2026-01-05T08:00:00Z'))).toEqual([]);
  });

  test.each(tests.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    expect((await runTest(one, rules)).failures).toEqual([]);
  });
});
