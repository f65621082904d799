import { describe, expect, test } from 'vitest';
import type { JournalAlert } from '#lib/journal/delivery-record';
import { journalEntry } from '#lib/journal/entry';
import { recordDelivery } from '#lib/journal/record-delivery';
import { jsonBytes } from '#lib/json-bytes';
import { MAX_ITEM_BYTES } from '#lib/ledger/limits';
import { createMemoryStore } from '#lib/ledger/memory-store';

const head = { id: 'd-1', at: '2026-11-20T10:00:00.000Z', source: 'alertmanager', bytes: 10 };

/** How many alerts each part of a delivery has, in turn, and the size of the largest. */
async function parts(alerts: readonly JournalAlert[]) {
  const store = createMemoryStore();
  const count = await recordDelivery(store, head, 0, alerts, { status: 202 });
  const records = store
    .documents()
    .filter(({ pk }) => pk.startsWith('deliveries#'))
    .toSorted((a, b) => (a.sk < b.sk ? -1 : 1))
    .map(({ value }) => value as { part: number; status?: number; alerts: JournalAlert[] });
  expect(records).toHaveLength(count);
  expect(records.map(({ part }) => part)).toEqual(records.keys().toArray());
  expect(records.map(({ status }) => status)).toEqual(
    records.map((_, index) => (index === count - 1 ? 202 : undefined)),
  );
  return { sizes: records.map((record) => record.alerts.length), most: Math.max(...records.map(jsonBytes)) };
}

const small = (index: number): JournalAlert => ({ alert: `f${index}`, status: 'firing' });
const list = <Item>(length: number, make: (index: number) => Item) =>
  Array.from({ length }, (_, index) => make(index));

describe('a part of a delivery', () => {
  test.each([
    [0, [0]],
    [100, [100]],
    [101, [100, 1]],
    [200, [100, 100]],
  ])('holds at most a hundred alerts: %i', async (count, sizes) => {
    expect((await parts(list(count, small))).sizes).toEqual(sizes);
  });

  test('holds as many of the largest as have room, and one at least', async () => {
    // The largest texts of a sender: characters that JSON spells out, in every text that is kept.
    const text = '\u0001'.repeat(2_000);
    const alert = {
      source: 'alertmanager',
      status: 'firing' as const,
      labels: Object.fromEntries(list(40, (index) => [`${index}${text}`, text])),
      annotations: Object.fromEntries(list(4, (index) => [`node-${index}`, `${index}${text}`])),
      fingerprint: 'f',
      startsAt: head.at,
    };
    const rules = list(4, (index) => ({ node: { kind: 'annotations', key: `node-${index}` } }));
    const largest = journalEntry(alert, { rules } as never, { ignored: text });
    expect(jsonBytes(largest)).toBeGreaterThan(20_000);
    const { sizes, most } = await parts(list(20, () => largest));
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(most).toBeLessThan(MAX_ITEM_BYTES / 2);
  });
});
