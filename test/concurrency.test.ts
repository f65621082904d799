import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchesOf, inTurn } from '#lib/concurrency';

test('no more than so many are under way at once, and the results are in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(3), { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      async (turns, atOnce) => {
        let underWay = 0;
        let most = 0;
        const results = await inTurn([...turns.entries()], atOnce, async ([index, waits]) => {
          underWay += 1;
          most = Math.max(most, underWay);
          for (let turn = 0; turn < waits; turn += 1) await Promise.resolve();
          underWay -= 1;
          return index;
        });
        expect(results).toEqual(turns.map((_, index) => index));
        expect(most).toBeLessThanOrEqual(atOnce);
        expect(most).toBe(Math.min(most, turns.length));
      },
    ),
  );
});

test('the first failure is thrown when nothing is under way any more, and nothing is begun after it', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    await Promise.resolve();
    if (item === 2) throw new Error('two');
    await Promise.resolve();
    ended.push(item);
  };
  await expect(inTurn([1, 2, 3, 4, 5, 6, 7, 8], 3, work)).rejects.toThrow('two');
  expect(begun.length).toBeLessThan(8);
  expect(ended).toEqual(begun.filter((item) => item !== 2));
});

test('batches hold every item once, in order', () => {
  expect(batchesOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(batchesOf([], 2)).toEqual([]);
});
