import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openTables } from '#local/backup/open-tables';
import { restoreBackup } from '#local/backup/restore';
import { takeBackup } from '#local/backup/take-backup';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-full-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const at = (...parts: string[]) => path.join(folder, ...parts);
const item = { pk: { S: 'a' }, sk: { S: '-' }, version: { N: '1' }, writeId: { S: 'w' } };
const full = Object.assign(new Error('IO error: 000003.log: No space left on device'), {
  code: 'LEVEL_IO_ERROR',
});

/** From now on LevelDB fails as it does on a full disk, until the mocks are restored. */
function fillDisk(): void {
  const level = createRequire(import.meta.resolve('dynalite')).resolve('level');
  const binding = createRequire(level)('classic-level/binding.js');
  for (const name of ['batch_do', 'db_put']) vi.spyOn(binding, name).mockRejectedValue(full);
}

it('a disk that takes no write ends the tables with its error, and nothing throws into the void', async () => {
  const heard: unknown[] = [];
  const tables = await openTables(at('tables'), (error) => heard.push(error));
  await tables.write('table', [item]);
  fillDisk();
  const begin = performance.now();
  await expect(tables.write('table', [item])).rejects.toThrow();
  vi.restoreAllMocks();
  expect(heard).toEqual([full]);
  // The disk has space again, but no answer may confirm what was not written.
  await expect(tables.write('table', [item])).rejects.toThrow();
  // An end that waited for the write would take half a minute.
  await tables[Symbol.asyncDispose]();
  expect(performance.now() - begin).toBeLessThan(15_000);
});

it('a restore that a full disk ends leaves no ledger, and says what to do', async () => {
  const tables = await openTables(at('.poolkeeper/data/tables'), () => expect.unreachable());
  await tables.write('table', [item]);
  await tables[Symbol.asyncDispose]();
  const file = at('a.backup');
  await takeBackup({ file, data: folder, replace: false, now: Date.now });
  const restore = () => restoreBackup({ file, data: at('other'), unchanged: false, now: Date.now() });
  fillDisk();
  await expect(restore()).rejects.toThrow(
    /^The backup cannot be restored into .*data: IO error: .* The disk is full: free some space/,
  );
  vi.restoreAllMocks();
  expect(await readdir(at('other/.poolkeeper'))).toEqual([]);
  await restore();
});
