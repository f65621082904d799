import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseRulesText } from '#lib/rules/parse/parse';
import type { Rules } from '#lib/rules/rules';
import { describeWarning, findWarnings } from '#lib/rules/warnings/find-warnings';
import { BuildError } from './build-error.ts';
import { forSimulator } from './simulated-rules.ts';

export type ReadRulesOptions = {
  /** If the rules are for a simulator: how many times as fast as the real world it runs. */
  simulatorSpeed?: number | undefined;
  /** Gets one line for each valid entry that would not do what its author expects. docs/warnings.md lists the kinds. */
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
  const parsed = parseRulesText(text, file);
  const { rules } = parsed;
  for (const warning of findWarnings(text, parsed, Date.now())) warn(describeWarning(file, warning));
  return simulatorSpeed === undefined ? rules : forSimulator(rules, simulatorSpeed);
}
