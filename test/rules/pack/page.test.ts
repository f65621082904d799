import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withPackTables } from '#local/pages/rule-pack';

const page = readFileSync(new URL('../../../docs/rules/pack.md', import.meta.url), 'utf8');

test('docs/rules/pack.md lists the rows as they are in the code: npm run schema writes them', () => {
  expect(withPackTables(page)).toBe(page);
});
