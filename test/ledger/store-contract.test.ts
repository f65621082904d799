import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMemoryStore } from '#lib/ledger/memory-store';
import type { Store } from '#lib/ledger/store';
import { runs } from '#test/runs';
import { startDynaliteStore } from './dynalite-store.ts';
import { storeContract } from './store-contract.ts';

let dynamoDb: Store & AsyncDisposable;
beforeAll(async () => {
  dynamoDb = await startDynaliteStore();
});
afterAll(() => dynamoDb[Symbol.asyncDispose]());

describe('the store in memory', () => {
  const store = createMemoryStore();
  storeContract(() => store);
});

describe('the store on DynamoDB', () => {
  storeContract(() => dynamoDb);
});

describe('both stores', () => {
  const key = fc.record({ pk: fc.constantFrom('a', 'b'), sk: fc.constantFrom('1', '2', '3') });
  const operation = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('put' as const),
        key,
        expectedVersion: fc.nat(3),
        state: fc.constantFrom('running', 'failed'),
        pool: fc.option(fc.constantFrom('pool-a', 'pool-b'), { nil: undefined }),
        time: fc.nat(4),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('get' as const), key }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('query' as const),
        index: fc.constantFrom(undefined, 'by-time', 'by-pool', 'by-state'),
        place: fc.nat(1),
        before: fc.option(fc.nat(4), { nil: undefined }),
        limit: fc.integer({ min: 1, max: 7 }),
      }),
    },
  );
  const partitions = {
    'by-time': ['month', 'month'],
    'by-pool': ['pool-a', 'pool-b'],
    'by-state': ['running', 'failed'],
    table: ['a', 'b'],
  } as const;

  test('give the same answers to the same questions', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 25 }), async (operations) => {
        run += 1;
        const memory = createMemoryStore();
        // DynamoDB is not emptied between the runs: each has partitions of its own.
        const own = (text: string) => `${run}/${text}`;
        for (const [step, one] of operations.entries()) {
          const [expected, actual] = await Promise.all(
            [memory, dynamoDb].map((store) => answer(store, one, step)),
          );
          expect(actual, `step ${step}: ${JSON.stringify(one)}`).toEqual(expected);
        }

        function answer(store: Store, one: (typeof operations)[number], step: number): Promise<unknown> {
          if (one.kind === 'get') return store.get({ pk: own(one.key.pk), sk: one.key.sk });
          if (one.kind === 'query') {
            const { index, place, before, limit } = one;
            const asked = {
              partition: own(partitions[index ?? 'table'][place as 0 | 1]),
              ...(before !== undefined && { before: String(before) }),
              limit,
            };
            return index ? store.find({ ...asked, index }) : store.query(asked);
          }
          const { key: at, expectedVersion, state, pool, time } = one;
          const name = `${at.pk}${at.sk}`;
          return store.put(
            {
              pk: own(at.pk),
              sk: at.sk,
              version: expectedVersion + 1,
              writeId: String(step),
              state: own(state),
              stateKey: `${time}#${name}`,
              timeBucket: own('month'),
              timeKey: `${time}#${name}`,
              ...(pool && { pool: own(pool) }),
            },
            expectedVersion,
          );
        }
      }),
      { numRuns: runs(60) },
    );
  });
});
