import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { currentPage, PAGE } from '#cli/page';

test('docs/cli.md has every command with its options, and every exit code: npm run schema writes them', async () => {
  const page = await readFile(PAGE, 'utf8');
  expect(page).toBe(await currentPage(page));
});
