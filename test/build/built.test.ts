import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fingerprintOf, isBuilt, notBuilt, noteBuilt } from '#local/build/built';

let root: string;
let out: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'poolkeeper-built-'));
  out = path.join(root, 'out');
  await mkdir(path.join(root, 'lib/deep'), { recursive: true });
  await mkdir(path.join(out, 'dist'), { recursive: true });
  await writeFile(path.join(root, 'lib/deep/a.ts'), 'one');
  await writeFile(path.join(root, 'package.json'), '{}');
  await writeFile(path.join(out, 'dist/a.cjs'), 'bundle');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const places = ['lib', 'package.json', 'package-lock.json'];
const fingerprint = () => fingerprintOf(root, places);
const built = async () => isBuilt(out, await fingerprint());

it('is built as long as nothing changes', async () => {
  expect(await built()).toBe(false);
  await noteBuilt(out, await fingerprint());
  expect(await built()).toBe(true);
  await notBuilt(out);
  expect(await built()).toBe(false);
});

it.each<[string, () => Promise<void>]>([
  ['a source', () => writeFile(path.join(root, 'lib/deep/a.ts'), 'two')],
  ['a new source', () => writeFile(path.join(root, 'lib/b.ts'), '')],
  ['a source that has gone', () => rm(path.join(root, 'lib/deep/a.ts'))],
  ['a lockfile', () => writeFile(path.join(root, 'package-lock.json'), '{}')],
  ['a damaged bundle', () => writeFile(path.join(out, 'dist/a.cjs'), 'bundl')],
  ['a bundle that has gone', () => rm(path.join(out, 'dist/a.cjs'))],
  ['no folder', () => rm(path.join(out, 'dist'), { recursive: true })],
  ['a damaged note', () => writeFile(path.join(out, 'built.json'), '{')],
])('is not built with %s', async (_, change) => {
  await noteBuilt(out, await fingerprint());
  await change();
  expect(await built()).toBe(false);
});
