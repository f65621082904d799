import { expect, test } from 'vitest';
import { createMemoryStore } from '#lib/ledger/memory-store';
import {
  decideOnPoolRecord,
  emptyPoolRecord,
  readPoolRecord,
  updatePoolRecord,
} from '#lib/ledger/pool-record';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const EMPTY = emptyPoolRecord('pool-a', NOW);

test('a pool without a document is as before its first event, and stays without one if nothing changes', async () => {
  const store = createMemoryStore();
  expect(await readPoolRecord(store, 'pool-a', NOW)).toEqual(EMPTY);
  expect(await updatePoolRecord(store, 'pool-a', NOW, () => undefined)).toEqual({
    value: EMPTY,
    written: false,
  });
  const left = await decideOnPoolRecord(store, 'pool-a', NOW, (record) => ({
    value: undefined,
    decided: Object.keys(record.held).length,
  }));
  expect(left).toEqual({ value: EMPTY, written: false, decided: 0 });
  expect(store.documents()).toEqual([]);
});

test('a change begins with the pool as it is stored', async () => {
  const store = createMemoryStore();
  const add = () =>
    updatePoolRecord(store, 'pool-a', NOW, (record) => ({ ...record, releases: record.releases + 1 }));
  expect(await add()).toMatchObject({ value: { releases: 1 }, written: true });
  expect(await add()).toMatchObject({ value: { releases: 2 }, written: true });
  const seen = await decideOnPoolRecord(store, 'pool-a', NOW, ({ releases }) => ({
    value: undefined,
    decided: releases,
  }));
  expect(seen).toMatchObject({ value: { releases: 2 }, written: false, decided: 2 });
  expect(await readPoolRecord(store, 'pool-a', NOW)).toMatchObject({ releases: 2 });
});
