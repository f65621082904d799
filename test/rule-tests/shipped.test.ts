import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ruleTestsJsonSchema } from '#local/rule-tests/json-schema';
import { readTestFile } from '#local/rule-tests/read-test-file';
import { runTest } from '#local/rule-tests/run-test';

const root = path.resolve(import.meta.dirname, '../..');

async function read(text: string, folder: string) {
  return readTestFile(text, 'rules.tests.yml', async (rules) => {
    const name = path.join(folder, rules);
    return { text: await readFile(path.join(root, name), 'utf8'), name };
  });
}

const shipped = [
  { file: 'docs/rules/poolkeeper.tests.yml', folder: 'docs/rules' },
  { file: 'docs/rules/pack.tests.yml', folder: 'docs/rules' },
];

describe.each(shipped)('the tests in $file', async ({ file, folder }) => {
  const { rules, tests } = await read(readFileSync(path.join(root, file), 'utf8'), folder);
  test.each(tests.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    expect((await runTest(one, rules)).failures).toEqual([]);
  });
});

describe('docs/rules/tests.md', () => {
  const page = readFileSync(path.join(root, 'docs/rules/tests.md'), 'utf8');
  const snippets = Array.from(page.matchAll(/^```yaml\n([\s\S]*?)^```/gm), ([, text = '']) => text);

  test('has snippets that hold, except the one that the page says fails', async () => {
    const failing: string[] = [];
    for (const snippet of snippets) {
      const { rules, tests } = await read(snippet, 'docs/rules');
      for (const one of tests) {
        const { failures } = await runTest(one, rules);
        if (failures.length > 0) failing.push(one.name);
      }
    }
    expect(snippets.length).toBeGreaterThanOrEqual(4);
    expect(failing).toEqual(['the reset waits for the end of the training']);
  });
});

test('docs/rule-tests.schema.json is what `npm run schema` writes', () => {
  const committed: unknown = JSON.parse(readFileSync(path.join(root, 'docs/rule-tests.schema.json'), 'utf8'));
  expect(committed).toEqual(JSON.parse(JSON.stringify(ruleTestsJsonSchema())));
});
