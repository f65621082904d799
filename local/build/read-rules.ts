import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseRules } from '#lib/rules/parse/parse';
import type { Rules } from '#lib/rules/rules';
import { BuildError } from './build-error.ts';
import { cautions } from './cautions.ts';
import { notEnforced } from './not-enforced.ts';
import { forSimulator } from './simulated-rules.ts';

export type ReadRulesOptions = {
  /** If the rules are for a simulator: how many times as fast as the real world it runs. */
  simulatorSpeed?: number | undefined;
  /** Gets one line for each key without an effect, and for each entry with an effect that its author may not expect. */
  warn: (line: string) => void;
};

/**
 * Reads and checks the rules file. `file` is relative to `root`.
 *
 * @throws RulesError with each mistake and its line; BuildError if the file cannot be read
 */
export async function readRules(
  root: string,
  file: string,
  { simulatorSpeed, warn }: ReadRulesOptions,
): Promise<Rules> {
  const text = await readFile(path.resolve(root, file), 'utf8').catch((error: Error) => {
    throw new BuildError(
      `The rules file cannot be read (${error.message}). Create poolkeeper.yml, or set POOLKEEPER_CONFIG to the path of the file.`,
    );
  });
  const rules = parseRules(text, file);
  for (const line of [...notEnforced(text, file), ...cautions(text, file)]) warn(line);
  return simulatorSpeed === undefined ? rules : forSimulator(rules, simulatorSpeed);
}
