import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { openTables } from '#local/backup/open-tables';
import { writeThrough } from '#local/cloud/tables/write-through';

const ofDynalite = createRequire(import.meta.resolve('dynalite'));

it('replaces each writing operation of the database that dynalite opens', () => {
  writeThrough('/anywhere', () => expect.unreachable());
  writeThrough('/elsewhere', () => expect.unreachable());
  const { Level } = ofDynalite('level');
  const names = ['_put', '_del', '_batch'].map((name) => Level.prototype[name].name);
  expect(names).toEqual(['synced', 'synced', 'synced']);
});

it('a disk that takes no write ends the tables with its error, and nothing throws into the void', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'poolkeeper-full-'));
  const binding = createRequire(ofDynalite.resolve('level'))('classic-level/binding.js');
  const heard: unknown[] = [];
  const full = Object.assign(new Error('IO error: 000003.log: No space left on device'), {
    code: 'LEVEL_IO_ERROR',
  });
  try {
    const tables = await openTables(directory, (error) => heard.push(error));
    const item = { pk: { S: 'a' }, sk: { S: '-' }, version: { N: '1' }, writeId: { S: 'w' } };
    await tables.write('table', [item]);
    const writes = [
      vi.spyOn(binding, 'batch_do').mockRejectedValue(full),
      vi.spyOn(binding, 'db_put').mockRejectedValue(full),
    ];
    const begin = performance.now();
    await expect(tables.write('table', [item])).rejects.toThrow();
    for (const write of writes) write.mockRestore();
    expect(heard).toEqual([full]);
    // The disk may have space again, but LevelDB itself has given up.
    await expect(tables.write('table', [item])).rejects.toThrow();
    // An end that waited for the write would take half a minute.
    await tables[Symbol.asyncDispose]();
    expect(performance.now() - begin).toBeLessThan(15_000);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
