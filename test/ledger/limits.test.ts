import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freeHolds, ownHolds, takeHolds } from '#lib/capacity/holds';
import { jsonBytes } from '#lib/json-bytes';
import { DocumentTooLargeError, firstWithin, MAX_ITEM_BYTES } from '#lib/ledger/limits';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { emptyPoolRecord } from '#lib/ledger/pool-record';
import { whyNoRoomToHold } from '#lib/ledger/pool-room';
import type { Document, Store } from '#lib/ledger/store';
import { startDynaliteStore } from './dynalite-store.ts';

let dynamoDb: Store & AsyncDisposable;
beforeAll(async () => {
  dynamoDb = await startDynaliteStore();
});
afterAll(() => dynamoDb[Symbol.asyncDispose]());

const stores: [string, () => Store][] = [
  ['in memory', () => createMemoryStore()],
  ['on DynamoDB', () => dynamoDb],
];

const sized = (pk: string, bytes: number): Document => ({
  pk,
  sk: '-',
  version: 1,
  writeId: 'w',
  state: 'running',
  stateKey: '2026',
  value: 'x'.repeat(bytes),
});

const place = (id: number) => ({
  remediation: `remediation-${id}-${'r'.repeat(100)}`,
  action: 'reset-nodes' as const,
  attempt: 1,
  since: '2026-11-20T10:00:00.000Z',
  expiresAt: '2026-11-21T10:00:00.000Z',
  countedIn: '2026-11-20T10:00:00.000Z',
  countedBefore: '2026-11-20T09:00:00.000Z',
  round: { rule: 'a-rule-of-the-file', root: `remediation-${id}` },
  disruptive: true,
  domains: [`supernode-${id}`],
});

describe.each(stores)('a document in the store %s', (_, store) => {
  test('may be as large as the table takes', async () => {
    const most = MAX_ITEM_BYTES - 150;
    expect(await store().put(sized('fits', most), 0)).toBe(true);
  });

  test('that is larger is refused before the table is asked, with its key and its size', async () => {
    const writing = store().put(sized('too-large', MAX_ITEM_BYTES), 0);
    await expect(writing).rejects.toThrow(DocumentTooLargeError);
    await expect(writing).rejects.toThrow(
      /^the ledger's document too-large would have 409\d+ bytes; it holds 409600$/,
    );
    expect(await store().get({ pk: 'too-large', sk: '-' })).toBeUndefined();
  });

  test('counts bytes, not characters', async () => {
    const document = { ...sized('wide', 0), value: '节'.repeat(150_000) };
    await expect(store().put(document, 0)).rejects.toThrow(DocumentTooLargeError);
  });
});

describe('the document of a pool', () => {
  test('holds nodes as long as there is room, and what it takes for them is less than an item has', () => {
    const held: Record<string, ReturnType<typeof place>> = {};
    let why: string | undefined;
    for (let index = 0; why === undefined; index += 1) {
      const node = `os-node-created-${index}-${'n'.repeat(200)}`;
      why = whyNoRoomToHold({ held }, node, place(index));
      if (why === undefined) held[node] = place(index);
    }
    expect(why).toMatch(/^the ledger keeps no more than the \d+ nodes of the pool/);
    expect(Object.keys(held).length).toBeGreaterThan(250);
    expect(jsonBytes({ held })).toBeLessThan(MAX_ITEM_BYTES - 80 * 1024);
    // One that is there already takes no more room.
    const [known = ''] = Object.keys(held);
    expect(whyNoRoomToHold({ held }, known, place(0))).toBeUndefined();
  });

  test('holds all nodes of the largest command', () => {
    const held = Object.fromEntries(
      Array.from({ length: 499 }, (_, index) => [
        `os-node-created-${String(index).padStart(32, '0')}`,
        place(1),
      ]),
    );
    expect(whyNoRoomToHold({ held }, 'os-node-created-the-last', place(1))).toBeUndefined();
  });

  test('stays small after a day with work on all of ten thousand nodes', () => {
    let record = emptyPoolRecord('pool-a', 0);
    for (let index = 0; index < 10_000; index += 1) {
      const now = index * 8_000;
      const node = `os-node-created-${index}`;
      const own = { remediation: `r-${index}`, attempt: 1 };
      record = takeHolds(record, { [node]: { ...place(index), ...own } }, now);
      const freed = new Map([[node, { result: 'succeeded' as const, isHistory: true }]]);
      record = freeHolds(record, ownHolds(record, own, [node]), freed, {}, now);
    }
    expect(Object.values(record.spent).reduce((sum, units) => sum + units, 0)).toBe(10_000);
    expect(jsonBytes(record)).toBeLessThan(2 * 1024);
  });
});

test('a list is kept from its beginning, as far as there is room', () => {
  const entries = ['a', 'bb', 'ccc', 'd'];
  expect(firstWithin(entries, 100)).toEqual(entries);
  expect(firstWithin(entries, 9)).toEqual(['a', 'bb']);
  expect(firstWithin(entries, 3)).toEqual([]);
});
