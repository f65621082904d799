import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { hasten } from '#lib/rules/hasten';
import { parseRules } from '#lib/rules/parse';
import type { Rules } from '#lib/rules/rules';
import { BuildError } from './build-error.ts';

/**
 * Reads and checks the rules file; `file` is relative to `root`. Throws a RulesError that names each mistake with its line.
 *
 * @param hastenBy - for demonstrations and tests: every duration of the rules is that many times shorter
 */
export async function readRules(root: string, file: string, hastenBy?: number): Promise<Rules> {
  const text = await readFile(path.resolve(root, file), 'utf8').catch((error: Error) => {
    throw new BuildError(
      `The rules file cannot be read (${error.message}). Create poolkeeper.yml, or say with POOLKEEPER_CONFIG where it is.`,
    );
  });
  const rules = parseRules(text, file);
  return hastenBy === undefined ? rules : hasten(rules, hastenBy);
}
