import { expect, test } from 'vitest';
import { dequeue, enqueue, readWaiting, wakeNext } from '#lib/capacity/wait-list';
import { updateDocument } from '#lib/ledger/change';
import { emptyPoolRecord, type PoolRecord, poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import type { Remediation } from '#lib/ledger/remediation';
import { createBench, POOL } from '#test/remediation/bench';

type Bench = ReturnType<typeof createBench>;

async function wait(bench: Bench, id: string, createdAt = '2026-11-20T09:00:00.000Z'): Promise<void> {
  const entry = {
    remediation: { id, createdAt } as Remediation,
    waitsFor: 'place' as const,
    places: 1,
    domains: [],
    readAt: new Date(bench.now()).toISOString(),
    comesBackAtMs: bench.now() + 900_000,
  };
  await enqueue(POOL, [entry], bench);
}

const idsIn = async (bench: Bench) => (await readWaiting(POOL, bench)).map(({ remediation }) => remediation);

/** Something has changed in the pool, so that the commands in its wait list may be woken. */
async function change({ store, now }: Bench): Promise<void> {
  const at = new Date(now()).toISOString();
  await updateDocument<PoolRecord>(store, poolRecordKind, poolRecordKey(POOL), (current) => ({
    ...(current ?? emptyPoolRecord(POOL, now())),
    capacityChangedAt: at,
  }));
}

test('the older command stands first, and each once, however often it was deferred', async () => {
  const bench = createBench();
  await wait(bench, 'young', '2026-11-20T09:30:00.000Z');
  await wait(bench, 'old', '2026-11-20T08:30:00.000Z');
  await wait(bench, 'young', '2026-11-20T09:30:00.000Z');
  expect(await idsIn(bench)).toEqual(['old', 'young']);
});

test('an entry that was renewed meanwhile stays, and an unreadable one is in the way of none', async () => {
  const bench = createBench();
  await wait(bench, 'r');
  const before = await readWaiting(POOL, bench);
  bench.stand(1_000);
  await wait(bench, 'r');
  await dequeue(POOL, before, bench.services);
  expect(await idsIn(bench)).toEqual(['r']);
  await bench.store.put(
    { ...poolRecordKey(POOL), sk: 'waiting#2026#x', version: 1, writeId: 'w', value: 1 },
    0,
  );
  expect(await idsIn(bench)).toEqual(['r']);
  await dequeue(POOL, await readWaiting(POOL, bench), bench.services);
  expect(await idsIn(bench)).toEqual([]);
});

test('of two processes that wake at the same moment one gives the turn', async () => {
  const bench = createBench();
  for (const id of ['r', 's']) await wait(bench, id);
  bench.stand(1_000);
  await change(bench);
  const { put } = bench.store;
  let turns = 0;
  bench.store.put = async (document, version) => {
    const isWritten = await put(document, version);
    if (isWritten && document.sk.startsWith('waiting#')) turns += 1;
    return isWritten;
  };
  await Promise.all([wakeNext(POOL, 1, bench.services), wakeNext(POOL, 1, bench.services)]);
  // Neither command exists, so each is found to be gone, and the next has its turn: once for each.
  expect(turns).toBe(2);
  expect(await idsIn(bench)).toEqual([]);
});
