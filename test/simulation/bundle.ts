import path from 'node:path';
import { build, type Plugin } from 'esbuild';

/** One change of the code: in a file, a text in the place of another. */
export type Edit = { file: string; find: string; replace: string };

const ROOT = path.resolve(import.meta.dirname, '../..');

/** A built simulation, and where each part of it comes from: a source map as text, relative to `root`. */
export type BuiltSimulation = { code: string; map: string; root: string };

/** Builds the simulation with the product's code in it as one file, with one of its texts changed or none. */
export async function bundleSimulation(edit?: Edit): Promise<BuiltSimulation> {
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
    external: ['undici', 'zod', '@middy/core', 'yaml', '@aws-lite/*'],
    plugins: [withoutRules, ...(edit ? [edited(edit)] : [])],
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

function edited({ file, find, replace }: Edit): Plugin {
  return {
    name: 'edited',
    setup(bundler) {
      const pattern = new RegExp(`${RegExp.escape(path.join(ROOT, file))}$`);
      bundler.onLoad({ filter: pattern }, async ({ path: source }) => {
        const { readFile } = await import('node:fs/promises');
        const text = await readFile(source, 'utf8');
        const parts = text.split(find);
        if (parts.length !== 2)
          throw new Error(`${file} has ${parts.length - 1} times, and not once: ${find}`);
        return { contents: parts.join(replace), loader: 'ts' };
      });
    },
  };
}
