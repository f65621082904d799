import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { VersionedRules } from '#lib/rules/rules';
import { fingerprintOf, isBuilt, notBuilt, noteBuilt } from '#local/build/built';
import { stopwatch } from '#local/build/stopwatch';
import { describeFileError } from '#local/data/data-error';
import { StartError } from './start-error.ts';

export type FunctionsOptions = {
  /** The checkout, or the installed package. */
  root: string;
  /** Whether `root` is a checkout, with the sources of the functions. */
  isCheckout: boolean;
  /** The folder that gets `dist/`. Absolute. */
  outDir: string;
  /** Receives one line for each finished step. */
  report: (line: string) => void;
};

/** The parts of a checkout that a bundle depends on. */
const SOURCES = [
  'functions',
  'lib',
  'events',
  'console',
  'local/build',
  'package.json',
  'package-lock.json',
  'node_modules/.package-lock.json',
];

/** The part of an installed package that is copied. */
const PACKAGED = ['functions/dist'];

/**
 * Puts the functions of a run into a folder, without rules: bundled from their sources in a checkout, and otherwise copied from the package.
 * If nothing has changed since they were put there, they stay.
 *
 * @throws BuildError, or StartError if they cannot be written
 */
export async function prepareFunctions({
  root,
  isCheckout,
  outDir,
  report,
}: FunctionsOptions): Promise<void> {
  const lap = stopwatch();
  try {
    await mkdir(outDir, { recursive: true });
    await rm(path.join(outDir, RULES_DIR), { recursive: true, force: true });
    const fingerprint = await fingerprintOf(root, isCheckout ? SOURCES : PACKAGED);
    if (await isBuilt(outDir, fingerprint)) {
      report(`functions unchanged since the last start, checked in ${lap()}`);
      return;
    }
    await notBuilt(outDir);
    if (isCheckout) {
      // Not at the start of the file: the package is without esbuild.
      const { bundleForAnyRules, largest } = await import('#local/build/bundle');
      const bundles = await bundleForAnyRules(root, outDir);
      report(`${bundles.length} functions bundled in ${lap()}${largest(bundles)}`);
    } else {
      const dist = path.join(outDir, 'dist');
      await rm(dist, { recursive: true, force: true });
      await cp(path.join(root, 'functions/dist'), dist, { recursive: true });
    }
    await noteBuilt(outDir, fingerprint);
  } catch (error) {
    if (error instanceof Error && error.name === 'BuildError') throw error;
    throw new StartError(`The functions cannot be written to ${outDir}: ${describeFileError(error)}`, {
      cause: error,
    });
  }
}

/** The folder of the compiled rules, beside `dist/`. */
const RULES_DIR = 'rules';

/** So many versions stay on the disk, for processes that are slow to start. */
const KEPT_VERSIONS = 20;

/**
 * Writes each version of the compiled rules into a file of its own, in one step: no process ever reads a part of it.
 *
 * @returns a function that writes, and gives the absolute path
 */
export function createRulesFiles(outDir: string): (rules: VersionedRules) => Promise<string> {
  const folder = path.join(outDir, RULES_DIR);
  const written = new Set<string>();
  return async (rules) => {
    const file = path.join(folder, `${rules.version}.json`);
    await mkdir(folder, { recursive: true });
    await writeFile(`${file}.part`, JSON.stringify(rules));
    await rename(`${file}.part`, file);
    written.delete(file);
    written.add(file);
    for (const old of [...written].slice(0, -KEPT_VERSIONS)) {
      written.delete(old);
      await rm(old, { force: true });
    }
    return file;
  };
}
