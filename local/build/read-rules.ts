import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseRules } from '#lib/rules/parse/parse';
import type { Rules } from '#lib/rules/rules';
import { BuildError } from './build-error.ts';
import { cautions } from './cautions.ts';
import { notEnforced } from './not-enforced.ts';
import { forSimulator } from './simulated-rules.ts';

export type ReadRulesOptions = {
  /** The rules are for a simulator that runs that many times as fast as the world. */
  simulatorSpeed?: number | undefined;
  /** Told one line for each key that has no effect, and for each that reaches further than its author may think. */
  warn: (line: string) => void;
};

/** Reads and checks the rules file; `file` is relative to `root`. Throws a RulesError that names each mistake with its line. */
export async function readRules(
  root: string,
  file: string,
  { simulatorSpeed, warn }: ReadRulesOptions,
): Promise<Rules> {
  const text = await readFile(path.resolve(root, file), 'utf8').catch((error: Error) => {
    throw new BuildError(
      `The rules file cannot be read (${error.message}). Create poolkeeper.yml, or say with POOLKEEPER_CONFIG where it is.`,
    );
  });
  const rules = parseRules(text, file);
  for (const line of [...notEnforced(text, file), ...cautions(text, file)]) warn(line);
  return simulatorSpeed === undefined ? rules : forSimulator(rules, simulatorSpeed);
}
