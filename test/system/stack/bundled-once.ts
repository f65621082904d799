import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Rules } from '#lib/rules/rules';
import { bundleFunctions } from '#local/build/bundle';

const root = path.resolve(import.meta.dirname, '../../..');
const bundled = path.join(root, '.poolkeeper/test-bundled-once');

/** Stands in a bundle where the rules come. A list, as the bundler takes an object apart. */
const PLACE = ['the rules of a test'];

/** Bundles the functions once for all system tests: vitest calls it before the first of them. */
export async function setup(): Promise<void> {
  await mkdir(bundled, { recursive: true });
  await bundleFunctions(root, bundled, PLACE as unknown as Rules);
}

/** Writes the functions with the given rules in them, as `bundleFunctions` does but for the source maps. */
export async function writeFunctions(outDir: string, rules: Rules): Promise<void> {
  const dist = path.join(outDir, 'dist');
  await mkdir(dist, { recursive: true });
  const files = (await readdir(path.join(bundled, 'dist'))).filter((file) => file.endsWith('.cjs'));
  let filled = 0;
  for (const file of files) {
    const parts = (await readFile(path.join(bundled, 'dist', file), 'utf8')).split(JSON.stringify(PLACE));
    if (parts.length > 2) throw new Error(`${file} has the rules ${parts.length - 1} times`);
    filled += parts.length - 1;
    await writeFile(path.join(dist, file), parts.join(JSON.stringify(rules)));
  }
  if (filled === 0) throw new Error('no bundle has a place for the rules: the bundler writes it otherwise');
}
