import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { assertCurrentFormat, openLedgerDirectory } from '#local/data/format';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-format-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const data = () => path.join(folder, 'data');
const file = () => path.join(data(), 'format.json');
const written = async () => JSON.parse(await readFile(file(), 'utf8')).format;

async function ofFormat(format: number): Promise<void> {
  await mkdir(path.join(data(), 'tables'), { recursive: true });
  await writeFile(path.join(data(), 'tables/ledger'), 'content');
  await writeFile(file(), JSON.stringify({ format, poolkeeper: '9.9.9' }));
}

const append = (text: string) => async (directory: string) => {
  const ledger = path.join(directory, 'tables/ledger');
  await writeFile(ledger, `${await readFile(ledger, 'utf8')} ${text}`);
};

it('gives a new directory its format, and opens it again without a word', async () => {
  expect(await openLedgerDirectory(data())).toEqual([]);
  expect(await written()).toBe(1);
  expect(await openLedgerDirectory(data())).toEqual([]);
});

it('takes over a directory of the release that wrote no format', async () => {
  await mkdir(path.join(data(), 'queues'), { recursive: true });
  expect(await openLedgerDirectory(data())).toEqual([
    `The data of version 0.1.0 in ${data()} were taken over (format 0 → 1).`,
  ]);
  expect(await written()).toBe(1);
  expect(await readdir(folder)).toEqual(['data']);
});

it('migrates step by step, and keeps a copy of every changed document', async () => {
  await ofFormat(2);
  const migrations = { 2: { run: append('three') }, 3: { run: append('four') } };
  expect(await openLedgerDirectory(data(), { format: 4, migrations })).toHaveLength(1);
  expect(await readFile(path.join(data(), 'tables/ledger'), 'utf8')).toBe('content three four');
  expect(await readFile(path.join(folder, 'data-format-2/tables/ledger'), 'utf8')).toBe('content');
  expect(await written()).toBe(4);
});

it('goes on after a migration that failed, with the directory as it was', async () => {
  await ofFormat(2);
  const fails = { 2: { run: () => Promise.reject(new Error('ENOSPC: no space left')) } };
  await expect(openLedgerDirectory(data(), { format: 3, migrations: fails })).rejects.toThrow('ENOSPC');
  expect(await written()).toBe(2);
});

it.each<[string, number, RegExp]>([
  ['a newer one', 7, /written by Poolkeeper 9\.9\.9 in format 7, .*Start that version or a later one/],
  [
    'one too old',
    2,
    /written by Poolkeeper 9\.9\.9 in format 2, which .* cannot take over\. Keep the folder/,
  ],
])('refuses %s, and leaves it as it is', async (_, format, expected) => {
  await ofFormat(format);
  await expect(openLedgerDirectory(data(), { format: 3, migrations: {} })).rejects.toThrow(expected);
  expect(await written()).toBe(format);
});

it('guesses no format', async () => {
  await ofFormat(1);
  await writeFile(file(), '{');
  await expect(openLedgerDirectory(data())).rejects.toThrow(/format\.json is damaged.*poolkeeper restore/);
});

it('a backup takes only content of its own format', async () => {
  await ofFormat(3);
  await assertCurrentFormat(data(), { format: 3, migrations: {} });
  await assertCurrentFormat(data(), { format: 4, migrations: { 3: {} } });
  await expect(
    assertCurrentFormat(data(), { format: 4, migrations: { 3: { run: append('four') } } }),
  ).rejects.toThrow(/in format 3\. Use that version, or start Poolkeeper \S+ once/);
  await expect(assertCurrentFormat(data(), { format: 2 })).rejects.toThrow(
    /Start that version or a later one/,
  );
  expect(await written()).toBe(3);
});
