import { realpathSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { printable } from '#lib/printable';
import { RulesError } from '#lib/rules/parse/parse';
import type { Rules } from '#lib/rules/rules';
import { BuildError } from './build/build-error.ts';
import { type Bundle, bundleFunctions } from './build/bundle.ts';
import { packageService } from './build/package-service.ts';
import { readRules } from './build/read-rules.ts';
import { endWith } from './screen/complain.ts';

export type BuildOptions = {
  /** The checkout: the folder of `functions/` and `serverless.yml`. */
  root: string;
  /** The rules file, relative to `root`. */
  config: string;
  /** For a simulator that runs that many times as fast as the world: see forSimulator. Needs an `outDir` of its own. */
  simulatorSpeed?: number;
  /**
   * The folder that gets `dist/`, relative to `root`; created if missing. Builds that may run at the same time need one each.
   * @default root
   */
  outDir?: string;
  /** Receives one line for each finished step. */
  report?: (line: string) => void;
};

export type BuildResult = { rules: Rules; bundles: Bundle[] };

/**
 * Builds what runs, here as in the cloud: checks the rules, and bundles each function with them.
 * Throws a RulesError or a BuildError whose message is for the person who started the build.
 */
export async function build(options: BuildOptions): Promise<BuildResult> {
  const { config, simulatorSpeed, report = () => {} } = options;
  const root = path.resolve(options.root);
  const outDir = path.resolve(root, options.outDir ?? '.');
  if (simulatorSpeed !== undefined && outDir === root) {
    throw new BuildError(
      'Rules for a simulator need an output folder of their own: what is in dist/ may be deployed.',
    );
  }
  await mkdir(outDir, { recursive: true });

  const lap = stopwatch();
  const rules = await readRules(root, config, { simulatorSpeed, warn: report });
  report(`${config} checked in ${lap()}`);
  const bundles = await bundleFunctions(root, outDir, rules);
  report(`${bundles.length} functions bundled in ${lap()}${largest(bundles)}`);
  return { rules, bundles };
}

/** Each call gives the time since the call before. */
function stopwatch(): () => string {
  let lapStart = performance.now();
  return () => {
    const now = performance.now();
    const seconds = (now - lapStart) / 1000;
    lapStart = now;
    return `${seconds.toFixed(2)} s`;
  };
}

function largest(bundles: readonly Bundle[]): string {
  const [first] = bundles.toSorted((a, b) => b.bytes - a.bytes);
  return first ? `, the largest is ${first.name} with ${Math.ceil(first.bytes / 1024)} KB` : '';
}

function print(line: string): void {
  console.log(printable(line));
}

async function main(): Promise<void> {
  const root = path.resolve(import.meta.dirname, '..');
  const config = process.env['POOLKEEPER_CONFIG'] ?? 'poolkeeper.yml';
  try {
    await build({ root, config, report: print });
    const lap = stopwatch();
    await packageService({ root, stage: 'local', config });
    print(`packaged into .serverless in ${lap()}`);
  } catch (error) {
    endWith(error, isForTheReader);
  }
}

function isForTheReader(error: unknown): error is Error {
  return error instanceof RulesError || error instanceof BuildError;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === import.meta.filename) await main();
