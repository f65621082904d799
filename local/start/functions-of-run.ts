import { cp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Rules } from '#lib/rules/rules';
import { readRules } from '#local/build/read-rules';
import { StartError } from './start-error.ts';

export type FunctionsOptions = {
  /** The checkout, or the installed package. */
  root: string;
  /** Whether `root` is a checkout, with the sources of the functions. */
  isCheckout: boolean;
  /** The rules file, and the folder against which it is resolved. */
  config: string;
  directory: string;
  simulatorSpeed?: number;
  /** The folder that gets `dist/`. Absolute. */
  outDir: string;
  /** Receives one line for each finished step. */
  report: (line: string) => void;
};

/**
 * Puts the functions of a run into a folder, with its rules: bundled from their sources in a checkout, and otherwise copied from the package.
 *
 * @throws RulesError, or BuildError
 */
export async function prepareFunctions(options: FunctionsOptions): Promise<Rules> {
  const { root, isCheckout, config, directory, simulatorSpeed, outDir, report } = options;
  const simulates = simulatorSpeed === undefined ? {} : { simulatorSpeed };
  if (isCheckout) {
    // Not at the start of the file: the package is without esbuild.
    const { build } = await import('#local/build');
    const named = directory === root ? config : path.resolve(directory, config);
    return (await build({ root, config: named, outDir, ...simulates, report })).rules;
  }
  const rules = await readRules(directory, config, { ...simulates, warn: report });
  report(`${config} checked`);
  const dist = path.join(outDir, 'dist');
  await rm(dist, { recursive: true, force: true });
  await cp(path.join(root, 'functions/dist'), dist, { recursive: true }).catch((error: Error) => {
    throw new StartError(`The functions cannot be written to ${dist}: ${error.message}`, { cause: error });
  });
  await writeFile(path.join(dist, 'rules.json'), JSON.stringify(rules));
  return rules;
}
