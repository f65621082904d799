import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type ReadTests, readTestFile } from '#local/rule-tests/read-test-file';
import { CommandError } from '../failure.ts';

/**
 * Reads a file of tests with its rules. Both are relative: the file to `directory`, the rules to the file.
 *
 * @throws CommandError if it cannot be read; RuleTestsError with each mistake
 */
export async function readTests(directory: string, file: string): Promise<ReadTests> {
  const at = path.resolve(directory, file);
  const text = await readFile(at, 'utf8').catch((error: Error) => {
    throw new CommandError(
      `${file} cannot be read: ${error.message}. docs/rules/tests.md shows how to write one.`,
      'usage',
    );
  });
  return readTestFile(text, file, async (rules) => {
    const place = path.resolve(path.dirname(at), rules);
    return { text: await readFile(place, 'utf8'), name: path.relative(directory, place) };
  });
}
