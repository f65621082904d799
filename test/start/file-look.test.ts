import { mkdir, mkdtemp, rename, rm, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rulesVersion } from '#local/build/read-rules';
import { createFileLook } from '#local/start/rules/file-look';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-look-'));
  file = path.join(folder, 'poolkeeper.yml');
  await writeFile(file, 'first');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Looks several times, and gives the contents and problems that were reported. */
async function look(once: ReturnType<typeof createFileLook>, times = 20): Promise<string[]> {
  const found: string[] = [];
  for (let count = 0; count < times; count += 1) {
    const change = await once();
    if (change) found.push('problem' in change ? `(${change.problem})` : change.bytes.toString());
  }
  return found;
}

const lookFrom = (content: string) => createFileLook(file, rulesVersion(Buffer.from(content)));

test('known content is no change, and new content is one', async () => {
  const once = lookFrom('first');
  expect(await look(once)).toEqual([]);
  await writeFile(file, 'second');
  expect(await look(once)).toEqual(['second']);
  await writeFile(file, 'second');
  expect(await look(once)).toEqual([]);
});

test('content that came before the first time is found', async () => {
  expect(await look(lookFrom('of the start'))).toEqual(['first']);
});

test('content of the same size and time is found', async () => {
  const once = lookFrom('first');
  const time = new Date('2026-11-20T10:00:00Z');
  await utimes(file, time, time);
  expect(await look(once)).toEqual([]);
  await writeFile(file, 'FIRST');
  await utimes(file, time, time);
  expect(await look(once)).toEqual(['FIRST']);
});

test('an editor saves by a rename, and two saves within a second are one change', async () => {
  const once = lookFrom('first');
  await look(once);
  for (const content of ['second', 'third']) {
    await writeFile(`${file}.new`, content);
    await rename(`${file}.new`, file);
    expect(await look(once, 2)).toEqual([]);
  }
  expect(await look(once)).toEqual(['third']);
});

test('a file that is written in parts is read when it rests', async () => {
  const once = lookFrom('first');
  await look(once);
  for (const part of ['', 'a', 'ab', 'abc']) {
    await writeFile(file, part);
    expect(await look(once, 1)).toEqual([]);
  }
  expect(await look(once)).toEqual(['abc']);
});

test('a file that is missing or empty for a moment is no problem, and after a while one', async () => {
  const once = lookFrom('first');
  await look(once);
  await unlink(file);
  expect(await look(once, 8)).toEqual([]);
  await writeFile(file, '');
  expect(await look(once, 8)).toEqual([]);
  await writeFile(file, 'first');
  expect(await look(once)).toEqual([]);
  await unlink(file);
  expect(await look(once, 50)).toEqual(['(is missing)']);
  await writeFile(file, '');
  expect(await look(once, 50)).toEqual(['(is empty)']);
  await unlink(file);
  await mkdir(file);
  expect(await look(once, 50)).toEqual([expect.stringMatching(/^\(cannot be read \(EISDIR/)]);
  await rm(file, { recursive: true });
  await writeFile(file, 'first');
  expect(await look(once)).toEqual(['first']);
});

test('the target of a link changes, as in a mounted ConfigMap', async () => {
  for (const [name, content] of [
    ['one', 'first'],
    ['two', 'second'],
  ] as const) {
    await mkdir(path.join(folder, name));
    await writeFile(path.join(folder, name, 'poolkeeper.yml'), content);
  }
  await symlink('one', path.join(folder, '..data'));
  await unlink(file);
  await symlink('..data/poolkeeper.yml', file);
  const once = lookFrom('first');
  expect(await look(once)).toEqual([]);
  await symlink('two', path.join(folder, '..new'));
  await rename(path.join(folder, '..new'), path.join(folder, '..data'));
  expect(await look(once)).toEqual(['second']);
});
