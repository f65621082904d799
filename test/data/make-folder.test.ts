import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeFolder } from '#local/data/make-folder';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-folder-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('makes all that is missing, with its mode, and leaves the rest as it is', async () => {
  const wanted = path.join(folder, 'a/b/c');
  await makeFolder(wanted, 0o700);
  for (const made of ['a', 'a/b', 'a/b/c'])
    expect((await stat(path.join(folder, made))).mode & 0o777).toBe(0o700);
  await makeFolder(wanted, 0o755);
  expect((await stat(wanted)).mode & 0o777).toBe(0o700);
});

test('says so where a file is in the way', async () => {
  await writeFile(path.join(folder, 'file'), '');
  await expect(makeFolder(path.join(folder, 'file/below'))).rejects.toThrow('ENOTDIR');
});

test.runIf(process.platform === 'linux')('ends where nothing can be made', async () => {
  await expect(makeFolder('/proc/poolkeeper')).rejects.toThrow('ENOENT');
});
