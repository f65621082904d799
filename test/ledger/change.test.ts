import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  createDocument,
  type DocumentKind,
  LedgerConflictError,
  parseDocument,
  readDocument,
  updateDocument,
} from '#lib/ledger/change';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { rememberingStore, type Store } from '#lib/ledger/store';
import { startDynaliteStore } from './dynalite-store.ts';

const Counter = z.object({ count: z.int() });
type Counter = z.output<typeof Counter>;
const counterKind: DocumentKind<Counter> = {
  name: 'counter',
  schema: Counter,
  index: ({ count }) => ({ state: count > 1 ? 'many' : 'few', stateKey: 'x' }),
};
const oneMore = (counter: Counter | undefined): Counter => ({ count: (counter?.count ?? 0) + 1 });
const newKey = () => ({ pk: randomUUID(), sk: '-' });

let dynamoDb: Store & AsyncDisposable;
beforeAll(async () => {
  dynamoDb = await startDynaliteStore();
});
afterAll(() => dynamoDb[Symbol.asyncDispose]());

describe.each([
  { name: 'memory', storeOf: (): Store => createMemoryStore() },
  { name: 'DynamoDB', storeOf: (): Store => dynamoDb },
])('changes in $name', ({ storeOf }) => {
  test('thirty at once lose nothing', async () => {
    const [store, key] = [storeOf(), newKey()];
    const results = await Promise.all(
      Array.from({ length: 30 }, () => updateDocument(store, counterKind, key, oneMore)),
    );
    expect(await readDocument(store, counterKind, key)).toEqual({ count: 30 });
    // Each got its own value as the answer, so no two got the same.
    expect(results.map(({ value }) => value?.count).sort((a = 0, b = 0) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, index) => index + 1),
    );
  });

  test('of twenty that create the same document one writes, and all get its value as the answer', async () => {
    const [store, key] = [storeOf(), newKey()];
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, count) => createDocument(store, counterKind, key, { count })),
    );
    const writers = results.filter(({ written }) => written);
    expect(writers).toHaveLength(1);
    for (const { value } of results) expect(value).toEqual(writers[0]?.value);
  });

  test('a change moves the document in its indexes', async () => {
    const [store, key] = [storeOf(), newKey()];
    await updateDocument(store, counterKind, key, oneMore);
    await updateDocument(store, counterKind, key, oneMore);
    expect(await store.get(key)).toMatchObject({ version: 2, state: 'many' });
  });
});

test('more than can ever get through: who gives up has changed nothing', async () => {
  const [store, key] = [createMemoryStore(), newKey()];
  const results = await Promise.allSettled(
    Array.from({ length: 60 }, () => updateDocument(store, counterKind, key, oneMore)),
  );
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused) expect(reason).toBeInstanceOf(LedgerConflictError);
  expect(await readDocument(store, counterKind, key)).toEqual({ count: 60 - refused.length });
});

test('a change that decides to leave everything as it is writes nothing', async () => {
  const [store, key] = [createMemoryStore(), newKey()];
  expect(await updateDocument(store, counterKind, key, () => undefined)).toEqual({
    value: undefined,
    written: false,
  });
  await createDocument(store, counterKind, key, { count: 7 });
  expect(await updateDocument(store, counterKind, key, () => undefined)).toEqual({
    value: { count: 7 },
    written: false,
  });
  expect(await store.get(key)).toMatchObject({ version: 1 });
});

test('what another version of the code wrote is not taken for a document of this one', async () => {
  const [store, key] = [createMemoryStore(), newKey()];
  await store.put({ ...key, version: 1, writeId: 'w', value: { count: 'seven' } }, 0);
  await expect(readDocument(store, counterKind, key)).rejects.toThrow(
    new RegExp(`The ledger's counter ${key.pk} cannot be read by this version: .*count`, 's'),
  );
});

function losing(answer: () => Promise<boolean>): Store & { writes: number } {
  const store = createMemoryStore();
  const { put } = store;
  const losingStore = { ...store, writes: 0 };
  losingStore.put = async (document, expectedVersion) => {
    losingStore.writes += 1;
    const written = await put(document, expectedVersion);
    return losingStore.writes === 1 && written ? answer() : written;
  };
  return losingStore;
}

describe('a write whose answer is lost', () => {
  const losses = {
    /** The client tried again on its own, and the second try met the first. */
    'hears that it was too late': () => Promise.resolve(false),
    'hears nothing': () => Promise.reject(new Error('socket hang up')),
  };

  test.each(Object.entries(losses))('and that %s is recognised by its writer', async (_, answer) => {
    const [store, key] = [losing(answer), newKey()];
    expect(await updateDocument(store, counterKind, key, oneMore)).toEqual({
      value: { count: 1 },
      written: true,
    });
    expect(store.writes).toBe(1);
  });

  test.each(Object.entries(losses))('and that %s counts as the creation that it was', async (_, answer) => {
    const [store, key] = [losing(answer), newKey()];
    const created = await createDocument(store, counterKind, key, { count: 4 });
    expect(created).toEqual({ value: { count: 4 }, written: true });
  });

  test('and that did not happen is an error, the first one', async () => {
    const store = createMemoryStore();
    store.put = () => Promise.reject(new Error('no connection'));
    await expect(updateDocument(store, counterKind, newKey(), oneMore)).rejects.toThrow('no connection');
    await expect(createDocument(store, counterKind, newKey(), { count: 1 })).rejects.toThrow('no connection');
    store.get = () => Promise.reject(new Error('no connection either'));
    await expect(createDocument(store, counterKind, newKey(), { count: 1 })).rejects.toThrow(
      /^no connection$/,
    );
  });

  test('is not taken for the write of another process', async () => {
    const [store, key] = [createMemoryStore(), newKey()];
    await createDocument(store, counterKind, key, { count: 1 });
    const { put } = store;
    store.put = async (document, expectedVersion) => {
      await put({ ...document, writeId: 'somebody else', value: { count: 100 } }, expectedVersion);
      throw new Error('socket hang up');
    };
    await expect(updateDocument(store, counterKind, key, oneMore)).rejects.toThrow('socket hang up');
  });
});

/** A memory store, the remembering one over it, and the number of reads. */
function remembering() {
  const under = createMemoryStore();
  const reads = { count: 0 };
  const counting: Store = {
    ...under,
    get(key) {
      reads.count += 1;
      return under.get(key);
    },
  };
  return { under, store: rememberingStore(counting), reads };
}

const onlyTheSecond = (found: Counter | undefined) => (found?.count === 2 ? { count: 10 } : undefined);

describe('a store that remembers the documents of one event', () => {
  test('saves the reads of later changes', async () => {
    const [{ store, reads }, key] = [remembering(), newKey()];
    await updateDocument(store, counterKind, key, oneMore);
    await updateDocument(store, counterKind, key, oneMore);
    await updateDocument(store, counterKind, key, oneMore);
    expect(await readDocument(store, counterKind, key)).toEqual({ count: 3 });
    expect(reads.count).toBe(2);
  });

  test('knows also what it has read together, and what was not there', async () => {
    const [{ store, reads }, key, other] = [remembering(), newKey(), newKey()];
    await store.getMany([key, other]);
    await updateDocument(store, counterKind, key, oneMore);
    expect(reads.count).toBe(0);
    expect(store.lastSeen?.(other)).toEqual({ document: undefined });
    expect(store.lastSeen?.(newKey())).toBeUndefined();
  });

  test('loses no change that another event has made meanwhile', async () => {
    const [{ store, under }, key] = [remembering(), newKey()];
    await updateDocument(store, counterKind, key, oneMore);
    await updateDocument(under, counterKind, key, oneMore);
    const { value, written } = await updateDocument(store, counterKind, key, oneMore);
    expect({ value, written }).toEqual({ value: { count: 3 }, written: true });
  });

  test('never leaves a document as it is because of an old one', async () => {
    const [{ store, under }, key] = [remembering(), newKey()];
    await updateDocument(store, counterKind, key, oneMore);
    await updateDocument(under, counterKind, key, oneMore);
    const { value } = await updateDocument(store, counterKind, key, onlyTheSecond);
    expect(value).toEqual({ count: 10 });
  });

  test('reads the document after a write whose answer was lost', async () => {
    const [{ store, under }, key] = [remembering(), newKey()];
    await updateDocument(store, counterKind, key, oneMore);
    under.put = () => Promise.reject(new Error('the answer was lost'));
    const failing = rememberingStore(under);
    await failing.get(key);
    await expect(updateDocument(failing, counterKind, key, oneMore)).rejects.toThrow('lost');
    expect(failing.lastSeen?.(key)?.document).toMatchObject({ version: 1 });
  });
});

describe('the value of a document', () => {
  const document = { pk: 'a', sk: '-', version: 1, writeId: 'w', value: { count: 1, more: 'x' } };

  test('is checked once for all of its readers, and none of them can change it', () => {
    const value = parseDocument(counterKind, document);
    expect(parseDocument(counterKind, document)).toBe(value);
    expect(() => Object.assign(value, { count: 2 })).toThrow(TypeError);
  });

  test('is another one for another kind', () => {
    const named = { name: 'named', schema: z.object({ more: z.string() }) };
    expect(parseDocument(counterKind, document)).toEqual({ count: 1 });
    expect(parseDocument(named, document)).toEqual({ more: 'x' });
  });
});
