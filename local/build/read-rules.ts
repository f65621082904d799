import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseRules } from '#lib/rules/parse';
import type { Rules } from '#lib/rules/rules';
import { BuildError } from './build-error.ts';
import { forSimulator } from './simulated-rules.ts';

/**
 * Reads and checks the rules file; `file` is relative to `root`. Throws a RulesError that names each mistake with its line.
 *
 * @param simulatorSpeed - the rules are for a simulator that runs that many times as fast as the world
 */
export async function readRules(root: string, file: string, simulatorSpeed?: number): Promise<Rules> {
  const text = await readFile(path.resolve(root, file), 'utf8').catch((error: Error) => {
    throw new BuildError(
      `The rules file cannot be read (${error.message}). Create poolkeeper.yml, or say with POOLKEEPER_CONFIG where it is.`,
    );
  });
  const rules = parseRules(text, file);
  return simulatorSpeed === undefined ? rules : forSimulator(rules, simulatorSpeed);
}
