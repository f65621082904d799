import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type ReadTests, readTestFile } from '#local/rule-tests/read-test-file';
import { readWholeFile } from './read-input.ts';

/**
 * Reads a file of tests with its rules. Both are relative: the file to `directory`, the rules to the file.
 *
 * @throws CommandError if it cannot be read; RuleTestsError with each mistake
 */
export async function readTests(directory: string, file: string): Promise<ReadTests> {
  const at = path.resolve(directory, file);
  const text = await readWholeFile(directory, file, 'file of tests (docs/rules/tests.md)');
  return readTestFile(text, file, async (rules) => {
    const place = path.resolve(path.dirname(at), rules);
    return { text: await readFile(place, 'utf8'), name: path.relative(directory, place) };
  });
}
