import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { closeIterators } from '#local/cloud/tables/closing-iterators';

it('an iterator of the database that dynalite opens closes when its stream ends', async () => {
  closeIterators();
  const { MemoryLevel } = createRequire(import.meta.resolve('dynalite'))('memory-level');
  const database = new MemoryLevel();
  await database.put('a', '1');
  for (const iterator of [database.keys(), database.values()]) {
    expect(await iterator.next()).toBeDefined();
    expect(await iterator.return()).toEqual({ done: true, value: undefined });
    await expect(iterator.next()).rejects.toThrow('not open');
  }
  await database.close();
});
