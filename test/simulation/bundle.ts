import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { ChangedFile } from './faults/anchor.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** A built simulation, and where each part of it comes from: a source map as text, relative to `root`. */
export type BuiltSimulation = { code: string; map: string; root: string };

/** Builds the simulation with the product's code in it as one file, with some of its files changed or none. */
export async function bundleSimulation(changed: readonly ChangedFile[] = []): Promise<BuiltSimulation> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['test/simulation/worker.ts'],
    bundle: true,
    write: false,
    sourcemap: 'external',
    outfile: 'simulation.mjs',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'error',
    external: ['undici', 'zod', '@middy/core', 'yaml'],
    plugins: [withoutRules, changedFiles(changed)],
  });
  const text = (end: string) => outputFiles.find((file) => file.path.endsWith(end))!.text;
  return { code: text('.mjs'), map: text('.map'), root: ROOT };
}

/** The simulation brings its own rules. */
const withoutRules: Plugin = {
  name: 'without-rules',
  setup(bundler) {
    bundler.onResolve({ filter: /^poolkeeper:rules$/ }, ({ path: name }) => ({
      path: name,
      namespace: 'rules',
    }));
    bundler.onLoad({ filter: /.*/, namespace: 'rules' }, () => ({ contents: '{}', loader: 'json' }));
  },
};

function changedFiles(changed: readonly ChangedFile[]): Plugin {
  return {
    name: 'changed-files',
    setup(bundler) {
      for (const { file, text } of changed)
        bundler.onLoad({ filter: new RegExp(`^${RegExp.escape(file)}$`) }, () => ({
          contents: text,
          loader: 'ts',
        }));
    },
  };
}
