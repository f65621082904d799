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
import { endWith } from './story/complain.ts';

export type BuildOptions = {
  /** The checkout: the folder of `functions/` and `serverless.yml`. */
  root: string;
  /** The rules file, relative to `root`. */
  config: string;
  /** For a simulator that runs that many times as fast as the world: see forSimulator. Needs an `outDir` of its own. */
  simulatorSpeed?: number;
  /**
   * The folder that gets `dist/` and `.serverless/`, relative to `root`; created if missing. Builds that may run at the same
   * time need one each.
   * @default root
   */
  outDir?: string;
  /** @default 'local' */
  stage?: string;
  /** Told one line for each step done. */
  report?: (line: string) => void;
  /** Gives the build up: it ends with an error, and no process of it goes on. */
  signal?: AbortSignal;
};

export type BuildResult = { templatePath: string; rules: Rules; bundles: Bundle[] };

/**
 * Builds what is deployed: checks the rules, bundles each function with them, and packages all of it.
 * Throws a RulesError or a BuildError whose message is for the person who started the build.
 */
export async function build(options: BuildOptions): Promise<BuildResult> {
  const { config, simulatorSpeed, stage = 'local', report = () => {}, signal } = options;
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
  signal?.throwIfAborted();
  const { templatePath, unchanged } = await packageService({ root, outDir, stage, config, rules, signal });
  const packageDir = path.relative(root, path.dirname(templatePath));
  report(
    unchanged ? `the package in ${packageDir} is still right` : `packaged into ${packageDir} in ${lap()}`,
  );
  return { templatePath, rules, bundles };
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

async function main(): Promise<void> {
  const root = path.resolve(import.meta.dirname, '..');
  try {
    await build({
      root,
      config: process.env['POOLKEEPER_CONFIG'] ?? 'poolkeeper.yml',
      report: (line) => console.log(printable(line)),
    });
  } catch (error) {
    endWith(error, isForTheReader);
  }
}

function isForTheReader(error: unknown): error is Error {
  return error instanceof RulesError || error instanceof BuildError;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === import.meta.filename) await main();
