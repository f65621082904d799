import { describe, expect, test } from 'vitest';
import { jsonBytes } from '#lib/json-bytes';
import { readDocument } from '#lib/ledger/change';
import { updateRemediation } from '#lib/ledger/change-remediation';
import { readReceipts } from '#lib/ledger/listing/read-receipts';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { MAX_RECEIPT_BYTES } from '#lib/ledger/receipts/bounded-receipts';
import type { Receipt } from '#lib/ledger/receipts/receipt';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { Document, Store } from '#lib/ledger/store';
import { openedAt } from '../remediation/in-state.ts';
import { isOfReceipts, remediationsIn } from './joined.ts';

const AT = '2026-11-20T10:00:00.000Z';
const KEY = remediationKey('r-1');
const at = (minute: number) => new Date(Date.parse(AT) + minute * 60_000).toISOString();
const event: Receipt = { at: AT, step: 'event', source: 'console' };
const swept = (why: string): Receipt => ({ at: AT, step: 'sweep', why });
const deferral = (minute: number): Receipt => ({
  at: at(minute),
  step: 'defer',
  why: `for the time ${minute}`,
});

const remediation = openedAt(AT, { id: 'r-1', pool: 'pool-1', nodes: ['node-1'] });

async function opened() {
  const store = createMemoryStore();
  await updateRemediation(store, 'r-1', () => ({ remediation, receipts: [event] }));
  return store;
}

function add(store: Store, ...receipts: Receipt[]) {
  return updateRemediation(store, 'r-1', (current) => ({ remediation: current!, receipts }));
}

async function shownIn(store: Store): Promise<Receipt[]> {
  return readReceipts(store, (await readDocument(store, remediationKind, KEY))!);
}

test('receipts are items of their own, written before the state that names them', async () => {
  const store = await opened();
  const written: Document[] = [];
  const { put } = store;
  store.put = (document, version) => {
    written.push(document);
    return put(document, version);
  };
  await add(store, swept('one'), swept('two'));
  expect(written.map(isOfReceipts)).toEqual([true, false]);
  expect(JSON.stringify(written[1])).not.toContain('"step"');
  expect(await shownIn(store)).toEqual([event, swept('one'), swept('two')]);
  await add(store);
  expect(written).toHaveLength(3);
});

describe('the receipts of the write that makes a remediation', () => {
  test('are in its state, until the next receipts are written in front of it', async () => {
    const store = await opened();
    expect(store.documents().filter(isOfReceipts)).toEqual([]);
    expect(await shownIn(store)).toEqual([event]);
    await add(store);
    expect(await shownIn(store)).toEqual([event]);
    await add(store, swept('one'));
    const [item, ...others] = store.documents().filter(isOfReceipts);
    expect(others).toEqual([]);
    expect(item).toMatchObject({ index: 0, value: [event, swept('one')] });
    expect(JSON.stringify((await store.get(KEY))!['value'])).not.toContain('"step"');
    expect(await shownIn(store)).toEqual([event, swept('one')]);
  });

  test('are an item of their own if they are large', async () => {
    const store = createMemoryStore();
    const large = { ...event, labels: { summary: 'x'.repeat(1_000) } };
    await updateRemediation(store, 'r-1', () => ({ remediation, receipts: [large] }));
    expect(JSON.stringify((await store.get(KEY))!['value'])).not.toContain('"step"');
    await add(store, swept('one'));
    expect(await shownIn(store)).toEqual([large, swept('one')]);
    for (const { value } of store.documents().filter(isOfReceipts)) expect(value).toHaveLength(1);
  });

  test('that cannot be read are counted, and make the state no less readable', async () => {
    const store = await opened();
    const state = (await store.get(KEY))!;
    const value = state['value'] as Remediation;
    const first = { writeId: 'w', receipts: [{ step: 'of another version' }] };
    await store.put({ ...state, version: 2, value: { ...value, receiptChain: { count: 1, first } } }, 1);
    await add(store, swept('one'));
    expect(await shownIn(store)).toMatchObject([{ step: 'omitted', count: 2 }]);
  });

  test.each<[string, Receipt[][]]>([
    ['none have', []],
    ['another has', [[swept('another')]]],
    ['one without a receipt has', [[]]],
  ])('are there once if the answer was lost, and %s written after it', async (_name, others) => {
    const store = createMemoryStore();
    const { put } = store;
    store.put = async (document, version) => {
      await put(document, version);
      store.put = put;
      for (const receipts of others) await add(store, ...receipts);
      return false;
    };
    const created = await updateRemediation(store, 'r-1', (current) =>
      current ? undefined : { remediation, receipts: [event] },
    );
    expect(created.written).toBe(true);
    expect(await shownIn(store)).toEqual([event, ...others.flat()]);
  });
});

test('of thirty writers at once every receipt is there once, and those that lost a race in between count for nothing', async () => {
  const store = await opened();
  await Promise.all(Array.from({ length: 30 }, (_, index) => add(store, swept(`writer ${index}`))));
  const shown = await shownIn(store);
  expect(shown).toHaveLength(31);
  expect(new Set(shown.map((receipt) => JSON.stringify(receipt))).size).toBe(31);
  expect(store.documents().filter(isOfReceipts).length).toBeGreaterThan(31);
});

test('a writer that dies before its state has written nothing', async () => {
  const store = await opened();
  const { put } = store;
  store.put = (document, version) =>
    isOfReceipts(document) ? put(document, version) : Promise.reject(new Error('killed'));
  await expect(add(store, swept('never'))).rejects.toThrow('killed');
  store.put = put;
  await add(store, swept('then'));
  expect(await shownIn(store)).toEqual([event, swept('then')]);
});

describe('a write of the state whose answer is lost', () => {
  test.each<[string, () => boolean]>([
    ['comes too late for itself', () => false],
    [
      'fails',
      () => {
        throw new Error('socket hang up');
      },
    ],
  ])('and that %s is there once', async (_, answer) => {
    const store = await opened();
    const { put } = store;
    store.put = async (document, version) => {
      const written = await put(document, version);
      if (isOfReceipts(document)) return written;
      store.put = put;
      return answer();
    };
    expect(await add(store, swept('once'))).toMatchObject({ written: true });
    expect(await shownIn(store)).toEqual([event, swept('once')]);
  });

  test('is there once, also where others have written after it', async () => {
    const store = await opened();
    const { put } = store;
    store.put = async (document, version) => {
      await put(document, version);
      if (isOfReceipts(document)) return true;
      store.put = put;
      await add(store, swept('another'));
      return false;
    };
    expect(await add(store, swept('once'))).toMatchObject({ written: true });
    expect(await shownIn(store)).toEqual([event, swept('once'), swept('another')]);
  });
});

describe('a command that waits for long', () => {
  const intent: Receipt = { at: at(300), step: 'intent', callId: 'call-1' };

  async function waited(): Promise<ReturnType<typeof createMemoryStore>> {
    const store = await opened();
    for (let minute = 1; minute <= 600; minute += 1)
      await add(store, ...(minute === 300 ? [intent] : []), deferral(minute));
    return store;
  }

  test('shows its first and its newest receipts and all that happened seldom, and counts the others', async () => {
    const store = await waited();
    const shown = await shownIn(store);
    expect(shown.slice(0, 3)).toEqual([event, deferral(1), deferral(2)]);
    expect(shown.slice(-20)).toEqual(Array.from({ length: 20 }, (_, index) => deferral(581 + index)));
    expect(shown).toContainEqual(intent);
    const omitted = shown.filter((receipt) => receipt.step === 'omitted');
    expect(omitted).toHaveLength(2);
    expect(shown.length - 2 + omitted[0]!.count + omitted[1]!.count).toBe(602);
    expect(remediationsIn(store.documents())[0]?.receipts).toHaveLength(602);
  });

  test('is shown by a bounded number of requests, and its state does not grow', async () => {
    const store = await waited();
    const state = (await store.get(KEY))!;
    let requests = 0;
    const { get, query } = store;
    store.get = (key) => get(key).finally(() => (requests += 1));
    store.query = (asked) => query(asked).finally(() => (requests += 1));
    await readReceipts(store, state['value'] as Remediation);
    expect(requests).toBeLessThanOrEqual(4);
    expect(jsonBytes(state)).toBeLessThan(1_000);
  });
});

test('receipts that cannot be read, or are not there any more, leave the others to be shown', async () => {
  const store = await opened();
  await add(store, swept('zero'));
  await add(store, swept('one'), swept('two'));
  await add(store, swept('three'));
  const item = store.documents().find((one) => one['index'] === 2)!;
  await store.put({ ...item, version: 2, value: { spoilt: true } }, 1);
  const shown = await shownIn(store);
  expect(shown).toMatchObject([event, swept('zero'), { step: 'omitted', count: 2 }, swept('three')]);
  expect(shown[2]).toMatchObject({ why: expect.stringContaining('cannot be read') });
  const { put } = store;
  await put({ ...item, version: 3, index: 'gone' }, 2);
  expect(await shownIn(store)).toMatchObject([{ step: 'omitted', count: 4 }, swept('three')]);
});

test('an item has a bound, also where one write says much', async () => {
  const store = await opened();
  const much = Array.from({ length: 300 }, (_, index) => swept(`${index} ${'x'.repeat(2_000)}`));
  await add(store, ...much);
  for (const document of store.documents().filter(isOfReceipts))
    expect(jsonBytes(document['value'])).toBeLessThanOrEqual(MAX_RECEIPT_BYTES);
});

test('a remediation of a ledger with another layout is refused with a clear word', async () => {
  const store = createMemoryStore();
  const { receiptChain: _, ...older } = remediation;
  await store.put({ ...KEY, version: 1, writeId: 'w', value: { ...older, receipts: [event] } }, 0);
  await expect(readDocument(store, remediationKind, KEY)).rejects.toThrow('Begin with an empty ledger');
});
