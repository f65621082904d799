import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { BuildError } from './build-error.ts';
import { trimmedUPlot } from './trimmed-uplot.ts';

/** The options of esbuild for a page, in browsers of the last two years. */
const bundling: BuildOptions & { metafile: true } = {
  bundle: true,
  splitting: true,
  platform: 'browser',
  target: ['chrome123', 'firefox121', 'safari17.5'],
  format: 'esm',
  minify: true,
  legalComments: 'none',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  // The names have hashes, so a browser keeps the files until they change.
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.svg': 'copy' },
  metafile: true,
  plugins: [trimmedUPlot()],
};

/** A name in `console/index.html` that stands for the built file: `%main.js%`. */
const PLACE = /%([\w-]+\.\w+)%/g;

/**
 * Bundles the page of the console into `<outDir>/dist/page/`: `index.html`, and `assets/` beside it.
 *
 * @throws BuildError with the position of each mistake
 */
export async function bundlePage(root: string, outDir: string): Promise<void> {
  const folder = path.join(outDir, 'dist/page');
  await mkdir(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['console/src/main.tsx', 'console/icon.svg'],
    outdir: path.join(folder, 'assets'),
    ...bundling,
    logLevel: 'silent',
  }).catch((error: Error) => {
    throw new BuildError(error.message);
  });
  const names = new Map(
    Object.keys(metafile.outputs).map((file) => {
      const name = path.basename(file);
      return [name.replace(/-[A-Z0-9]{8}(\.\w+)$/, '$1'), name] as const;
    }),
  );
  const html = await readFile(path.join(root, 'console/index.html'), 'utf8');
  await writeFile(
    path.join(folder, 'index.html'),
    html.replaceAll(PLACE, (place, name: string) => {
      const built = names.get(name);
      if (built === undefined)
        throw new BuildError(`console/index.html names ${place}, and no file is built for it`);
      return `/assets/${built}`;
    }),
  );
}
