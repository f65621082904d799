import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import type { Rules } from '#lib/rules/rules';
import { BuildError } from './build-error.ts';
import { bundlePage } from './bundle-page.ts';
import { RULES_VARIABLE } from './rules-variable.ts';
import { trimmedUndici } from './trimmed-undici.ts';
import { trimmedZod } from './trimmed-zod.ts';

/** One deployed function: the name of its file in `functions/`, and the size of its code without the source map. */
export type Bundle = { name: string; bytes: number };

/** The options of esbuild for a Lambda bundle. */
export const bundling = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  // Not ESM: with ESM, an import of a builtin such as node:http reads every export, which loads all of Node's fetch.
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  minify: true,
  // A person first reads a stack trace without the source map, so functions and classes keep their names.
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
} as const;

/**
 * Bundles every `functions/<name>.ts` into `<outDir>/dist/<name>.cjs`, with a source map beside it and `rules` inside, and the page of
 * the console into `<outDir>/dist/page/`. It empties `dist` first, so that no stale bundle is left to package after a failure.
 *
 * @param plugins of esbuild, before the usual ones
 * @throws BuildError with the position of each mistake
 */
export async function bundleFunctions(
  root: string,
  outDir: string,
  rules: Rules,
  plugins: readonly Plugin[] = [],
): Promise<Bundle[]> {
  return bundleAll(root, outDir, [...plugins, rulesModule(rules)]);
}

/**
 * The same for one machine: a bundle reads its rules from the file of the variable {@link RULES_VARIABLE} when its process starts.
 *
 * @param more options of esbuild that replace the usual ones
 * @throws BuildError with the position of each mistake
 */
export async function bundleForAnyRules(
  root: string,
  outDir: string,
  more: Pick<BuildOptions, 'sourcemap'> = {},
): Promise<Bundle[]> {
  return bundleAll(root, outDir, [rulesInFile()], more);
}

async function bundleAll(
  root: string,
  outDir: string,
  plugins: readonly Plugin[],
  more: BuildOptions = {},
): Promise<Bundle[]> {
  const dist = path.join(outDir, 'dist');
  await rm(dist, { recursive: true, force: true });
  const names = await functionNames(root);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => `functions/${name}.ts`),
    outdir: dist,
    ...bundling,
    ...more,
    metafile: true,
    logLevel: 'silent',
    plugins: [...plugins, trimmedUndici(), trimmedZod()],
  }).catch((error: Error) => {
    throw new BuildError(error.message);
  });
  await bundlePage(root, outDir);
  await writeFile(path.join(dist, 'metafile.json'), JSON.stringify(metafile));
  const sizes = new Map(
    Object.entries(metafile.outputs).map(([file, { bytes }]) => [path.basename(file), bytes]),
  );
  return names.map((name) => ({ name, bytes: sizes.get(`${name}.cjs`) ?? 0 }));
}

/** The largest of these, for the line that reports them. */
export function largest(bundles: readonly Bundle[]): string {
  const [first] = bundles.toSorted((a, b) => b.bytes - a.bytes);
  return first ? `, the largest is ${first.name} with ${Math.ceil(first.bytes / 1024)} KB` : '';
}

async function functionNames(root: string): Promise<string[]> {
  const files = await readdir(path.join(root, 'functions'));
  return files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.basename(file, '.ts'))
    .sort();
}

/** The module `poolkeeper:rules`: the compiled rules as data, declared in lib/rules/bundled.d.ts. */
function rulesModule(rules: Rules): Plugin {
  return {
    name: 'poolkeeper-rules',
    setup(bundler) {
      bundler.onResolve({ filter: /^poolkeeper:rules$/ }, ({ path: name }) => ({
        path: name,
        namespace: 'rules',
      }));
      bundler.onLoad({ filter: /.*/, namespace: 'rules' }, () => ({
        contents: JSON.stringify(rules),
        loader: 'json',
      }));
    },
  };
}

/** The module `poolkeeper:rules` of a bundle that knows its rules only when it starts. */
function rulesInFile(): Plugin {
  return {
    name: 'poolkeeper-rules-in-file',
    setup(bundler) {
      bundler.onResolve({ filter: /^poolkeeper:rules$/ }, ({ path: name }) => ({
        path: name,
        namespace: 'rules',
      }));
      bundler.onLoad({ filter: /.*/, namespace: 'rules' }, () => ({
        contents: `module.exports = JSON.parse(require('node:fs').readFileSync(process.env.${RULES_VARIABLE}, 'utf8'));`,
        loader: 'js',
      }));
    },
  };
}
