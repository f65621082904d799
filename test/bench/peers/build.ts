import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import type { Rules } from '#lib/rules/rules';
import { bundleFunctions, bundling } from '#local/build/bundle';
import { root } from '#test/meta/serverless-declaration';

/** From the floor to the ceiling: docs/design/performance.md says which libraries each has. */
export const peerNames = ['bare', 'lean', 'typical', 'heavy'] as const;

/** `inputs`: bytes of each file in the bundle, by its path. */
export type Built = { name: string; file: string; bytes: number; inputs: Readonly<Record<string, number>> };

export type Bundles = AsyncDisposable & { folder: string; peers: Built[]; functions: Built[] };

/** Leaves the warm-up out of a bundle, to see what it does. */
const withoutWarmUp: Plugin = {
  name: 'without-warm-up',
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]lib[\\/]handler[\\/]warm-up\.ts$/ }, () => ({
      contents: 'export function warmUp() {}',
    }));
  },
};

/**
 * Bundles every function and every peer, in a folder of its own, all in the same way.
 *
 * @param cold leaves the warm-up out of the functions
 */
export async function buildAll(rules: Rules, { cold = false } = {}): Promise<Bundles> {
  const folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-bench-'));
  await bundleFunctions(root, folder, rules, cold ? [withoutWarmUp] : []);
  const metafile: Metafile = JSON.parse(await readFile(path.join(folder, 'dist/metafile.json'), 'utf8'));
  const outdir = path.join(folder, 'peers');
  const built = await build({
    absWorkingDir: root,
    entryPoints: [...peerNames, 'by-hand'].map((name) => `test/bench/peers/${name}.ts`),
    outdir,
    ...bundling,
    metafile: true,
    logLevel: 'silent',
  });
  return {
    folder,
    functions: await bundlesOf(metafile, path.join(folder, 'dist')),
    peers: await bundlesOf(built.metafile, outdir),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

async function bundlesOf({ outputs }: Metafile, folder: string): Promise<Built[]> {
  const found = Object.entries(outputs).filter(([file]) => file.endsWith('.cjs'));
  return Promise.all(
    found.map(async ([output, { inputs }]) => {
      const file = path.join(folder, path.basename(output));
      const sizes = Object.entries(inputs).map(([input, { bytesInOutput }]) => [input, bytesInOutput]);
      const { size } = await stat(file);
      return { name: path.basename(output, '.cjs'), file, bytes: size, inputs: Object.fromEntries(sizes) };
    }),
  );
}
