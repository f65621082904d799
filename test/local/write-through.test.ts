import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { writeThrough } from '#local/cloud/tables/write-through';

const ofDynalite = createRequire(import.meta.resolve('dynalite'));

it('replaces each writing operation of the database that dynalite opens', () => {
  writeThrough('/anywhere', () => expect.unreachable());
  writeThrough('/elsewhere', () => expect.unreachable());
  const { Level } = ofDynalite('level');
  const names = ['_put', '_del', '_batch'].map((name) => Level.prototype[name].name);
  expect(names).toEqual(['synced', 'synced', 'synced']);
});
