import { realpathSync } from 'node:fs';
import path from 'node:path';
import { printable } from '#lib/printable';
import { RulesError } from '#lib/rules/parse/parse';
import { BuildError } from './build/build-error.ts';
import { bundleFunctions, largest } from './build/bundle.ts';
import { packageService } from './build/package-service.ts';
import { readRules } from './build/read-rules.ts';
import { stopwatch } from './build/stopwatch.ts';
import { endWith } from './screen/complain.ts';

function print(line: string): void {
  console.log(printable(line));
}

async function main(): Promise<void> {
  const root = path.resolve(import.meta.dirname, '..');
  const config = process.env['POOLKEEPER_CONFIG'] ?? 'poolkeeper.yml';
  try {
    const lap = stopwatch();
    const rules = await readRules(root, config, { warn: print });
    print(`${config} checked in ${lap()}`);
    const bundles = await bundleFunctions(root, root, rules);
    print(`${bundles.length} functions bundled in ${lap()}${largest(bundles)}`);
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
