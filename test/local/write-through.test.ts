import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { writeThrough } from '#local/cloud/tables/write-through';

it('replaces each writing operation of the database that dynalite opens', () => {
  writeThrough();
  writeThrough();
  const { Level } = createRequire(import.meta.resolve('dynalite'))('level');
  const names = ['_put', '_del', '_batch'].map((name) => Level.prototype[name].name);
  expect(names).toEqual(['synced', 'synced', 'synced']);
});
