import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Document, INDEX_KEYS, type Store } from '#lib/ledger/store';

/** A document in a partition that no other test uses. */
export function documentOf(more: Partial<Document> = {}): Document {
  return { pk: randomUUID(), sk: '-', version: 1, writeId: randomUUID(), ...more };
}

/**
 * The guarantees of every store, of any make.
 *
 * @param storeOf is asked in every test, so that a store may be started before all of them.
 */
export function storeContract(storeOf: () => Store): void {
  test('a document is found by its whole key and by no other', async () => {
    const store = storeOf();
    const document = documentOf({ sk: 'b', value: { text: 'kept' } });
    expect(await store.get(document)).toBeUndefined();
    expect(await store.put(document, 0)).toBe(true);
    expect(await store.get({ pk: document.pk, sk: 'b' })).toEqual(document);
    expect(await store.get({ pk: document.pk, sk: 'a' })).toBeUndefined();
  });

  test('a write replaces the whole document, and only the version that it names', async () => {
    const store = storeOf();
    const first = documentOf({ pool: 'pool-a', timeKey: '1', value: 'first' });
    const { pk, sk } = first;
    const second: Document = { pk, sk, version: 2, writeId: 'second', value: 'second' };

    expect(await store.put(second, 1)).toBe(false);
    expect(await store.get(first)).toBeUndefined();

    expect(await store.put(first, 0)).toBe(true);
    expect(await store.put({ ...second, version: 1 }, 0)).toBe(false);
    expect(await store.put({ ...second, version: 3 }, 2)).toBe(false);
    expect(await store.get(first)).toEqual(first);

    expect(await store.put(second, 1)).toBe(true);
    expect(await store.put({ ...second, value: 'late' }, 1)).toBe(false);
    expect(await store.get(first)).toEqual(second);
  });

  test('a long value comes back as it was, alone, with others and in a list', async () => {
    const store = storeOf();
    const value = { texts: Array.from({ length: 400 }, (_, index) => `node ${index}: \u{1f5a5} "back"`) };
    const document = documentOf({ value });
    const short = documentOf({ value: 'short' });
    await store.put(document, 0);
    await store.put(short, 0);
    expect(await store.get(document)).toEqual(document);
    const both = await store.getMany([document, short]);
    expect(both.find(({ pk }) => pk === document.pk)).toEqual(document);
    expect(both.find(({ pk }) => pk === short.pk)).toEqual(short);
    expect(await store.query({ partition: document.pk, limit: 1 })).toEqual([document]);
  });

  test('a document is removed once, and only the version that is named', async () => {
    const store = storeOf();
    const document = documentOf({ value: 'first' });
    expect(await store.remove(document, 1)).toBe(false);
    await store.put(document, 0);
    await store.put({ ...document, version: 2, value: 'second' }, 1);
    expect(await store.remove(document, 1)).toBe(false);
    expect(await store.get(document)).toMatchObject({ value: 'second' });
    expect(await store.remove(document, 2)).toBe(true);
    expect(await store.get(document)).toBeUndefined();
    expect(await store.remove(document, 2)).toBe(false);
    expect(await store.put(document, 0)).toBe(true);
  });

  test.each([
    { expectedVersion: 0, state: 'that does not exist' },
    { expectedVersion: 1, state: 'that all have read' },
  ])('of fifty writers that race for a document $state one wins', async ({ expectedVersion }) => {
    const store = storeOf();
    const document = documentOf();
    if (expectedVersion > 0) await store.put(document, 0);
    const contenders = Array.from({ length: 50 }, (_, index) => ({
      ...document,
      version: expectedVersion + 1,
      writeId: `writer-${index}`,
    }));
    const results = await Promise.all(contenders.map((contender) => store.put(contender, expectedVersion)));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await store.get(document)).toEqual(contenders[results.indexOf(true)]);
  });

  test('many documents are found by their keys: each once, however many and however often asked for', async () => {
    const store = storeOf();
    const documents = Array.from({ length: 230 }, (_, index) => documentOf({ value: index }));
    await Promise.all(documents.map((document) => store.put(document, 0)));
    const missing = documentOf();
    const found = await store.getMany([...documents, missing, ...documents.slice(0, 30), missing]);
    expect(byKey(found)).toEqual(byKey(documents));
    expect(await store.getMany([])).toEqual([]);
  });

  test('many documents are written together, each as it is, in place of the earlier ones', async () => {
    const store = storeOf();
    const documents = Array.from({ length: 60 }, (_, index) => documentOf({ sk: 'many', value: index }));
    await store.put({ ...documents[7]!, version: 3, value: 'before' }, 0);
    await store.putMany(documents);
    expect(byKey(await store.getMany(documents))).toEqual(byKey(documents));
    await store.putMany([]);
  });

  test('large documents come back whole, read together or as one list', async () => {
    const store = storeOf();
    const pk = randomUUID();
    const documents = Array.from({ length: 9 }, (_, index) =>
      documentOf({ pk, sk: String(index), value: String(index).repeat(200_000) }),
    );
    await Promise.all(documents.map((document) => store.put(document, 0)));
    expect(byKey(await store.getMany(documents))).toEqual(documents);
    expect(await store.query({ partition: pk, limit: 100 })).toEqual(documents.toReversed());
  });

  test.each([undefined, 'by-time', 'by-pool', 'by-state'] as const)(
    'a partition of %s is listed newest first, or oldest first',
    async (index) => {
      const store = storeOf();
      const [partitionKey, sortKey] = index ? INDEX_KEYS[index] : (['pk', 'sk'] as const);
      const partition = randomUUID();
      const documents = ['2026-01-31', '2026-02-01', '2026-02-02', '2026-10-01'].map((time) =>
        documentOf({ [partitionKey]: partition, [sortKey]: time }),
      );
      const elsewhere = documentOf({ [partitionKey]: `${partition}-other`, [sortKey]: '2026-02-01' });
      const unindexed = documentOf({ value: partition });
      for (const document of [elsewhere, unindexed, ...documents]) await store.put(document, 0);
      const all = documents.map(({ pk, sk, [sortKey]: key }) => ({ pk, sk, sortKey: key }));
      async function list(more: { before?: string; after?: string; limit: number }) {
        if (index) return store.find({ index, partition, ...more });
        const found = await store.query({ partition, ...more });
        for (const document of found) expect(documents).toContainEqual(document);
        return found.map(({ pk, sk }) => ({ pk, sk, sortKey: sk }));
      }

      expect(await list({ limit: 100 })).toEqual(all.toReversed());
      expect(await list({ limit: 2 })).toEqual([all[3], all[2]]);
      expect(await list({ before: '2026-02-02', limit: 100 })).toEqual([all[1], all[0]]);
      expect(await list({ before: '2026-02-01x', limit: 1 })).toEqual([all[1]]);
      expect(await list({ before: '2026-01-31', limit: 100 })).toEqual([]);

      expect(await list({ after: '0', limit: 3 })).toEqual(all.slice(0, 3));
      expect(await list({ after: '2026-01-31', limit: 100 })).toEqual(all.slice(1));
      expect(await list({ after: '2026-01-31', before: '2026-02-02', limit: 100 })).toEqual([all[1]]);
      expect(await list({ after: '2026-01-31', before: '2026-10-01', limit: 1 })).toEqual([all[1]]);
      expect(await list({ after: '2026-10-01', limit: 100 })).toEqual([]);
    },
  );

  test('a document leaves the place in an index that it had before it was written anew', async () => {
    const store = storeOf();
    const state = randomUUID();
    const document = documentOf({ state, stateKey: '1' });
    const { pk, sk } = document;
    await store.put(document, 0);
    await store.put({ ...document, version: 2, state: `${state}-next` }, 1);
    const find = (partition: string) => store.find({ index: 'by-state', partition, limit: 10 });
    expect(await find(state)).toEqual([]);
    expect(await find(`${state}-next`)).toEqual([{ pk, sk, sortKey: '1' }]);
  });

  test('every JSON value comes back as it went in', async () => {
    const store = storeOf();
    await fc.assert(
      fc.asyncProperty(jsonValue, async (value) => {
        const document = documentOf({ value });
        await store.put(document, 0);
        expect(await store.get(document)).toEqual(document);
      }),
      {
        numRuns: 60,
        // Names that mean something to JavaScript, and numbers that a database would round.
        examples: [
          [{ constructor: {} }],
          [{ constructor: { name: 'Set' } }],
          [{ __proto__: null, toString: 1 }],
          [{ big: 2 ** 60, small: 1e-300 }],
        ],
      },
    );
  });

  test('what is undefined is left out', async () => {
    const store = storeOf();
    const document = documentOf({
      value: { kept: null, dropped: undefined, list: [{ dropped: undefined }] },
    });
    await store.put({ ...document, dropped: undefined }, 0);
    const stored = await store.get(document);
    expect(stored?.['value']).toStrictEqual({ kept: null, list: [{}] });
    expect(stored).not.toHaveProperty('dropped');
  });

  test('what is given or returned can be changed without changing what is stored', async () => {
    const store = storeOf();
    const document = documentOf({ value: { nodes: ['a'] } });
    const stored = structuredClone(document);
    await store.put(document, 0);
    const one = await store.get(document);
    const listed = await store.query({ partition: document.pk, limit: 1 });
    for (const copy of [document, one!, ...listed, ...(await store.getMany([document]))]) {
      (copy['value'] as { nodes: string[] }).nodes.push('b');
    }
    expect(await store.get(document)).toEqual(stored);
  });
}

function byKey(documents: readonly Document[]): Document[] {
  return documents.toSorted((a, b) => (`${a.pk}/${a.sk}` < `${b.pk}/${b.sk}` ? -1 : 1));
}

/** As JSON has it, with numbers as a document may hold them; JSON has no -0. */
const jsonValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, false, '', 0, 0.1 + 0.2, -1.5e-7, Number.MAX_SAFE_INTEGER),
    fc.integer(),
    fc
      .double({ min: -1e15, max: 1e15, noNaN: true })
      .map((number) => (Math.abs(number) < 1e-100 ? 0 : number)),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .dictionary(fc.string({ minLength: 1, unit: 'grapheme' }), tie('value'), { maxKeys: 4 })
      .map((record) => ({ ...record })),
  ),
})).value;
