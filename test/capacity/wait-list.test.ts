import { expect, test } from 'vitest';
import { dequeue, enqueue, readWaiting, wakeNext } from '#lib/capacity/wait-list';
import { updateDocument } from '#lib/ledger/change';
import {
  emptyPoolRecord,
  type PoolRecord,
  poolRecordKey,
  poolRecordKind,
  type Waiting,
} from '#lib/ledger/pool-record';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import { createBench, POOL } from '#test/remediation/bench';
import { at as inPhase } from '#test/remediation/lifecycle/in-phase';

type Bench = ReturnType<typeof createBench>;

async function wait(
  bench: Bench,
  id: string,
  createdAt = '2026-11-20T09:00:00.000Z',
  more: Partial<Pick<Waiting, 'waitsFor' | 'domains'>> = {},
): Promise<void> {
  const entry = {
    remediation: { id, createdAt } as Remediation,
    waitsFor: 'place' as const,
    places: 1,
    domains: [],
    readAt: new Date(bench.now()).toISOString(),
    comesBackAtMs: bench.now() + 900_000,
    ...more,
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

test('an entry counts for a quarter of an hour after its command should have come back', async () => {
  const bench = createBench();
  await wait(bench, 'r');
  const [entry] = await readWaiting(POOL, bench);
  expect(Date.parse(entry!.until) - bench.now()).toBe(900_000 + 900_000);
});

/** The entries that were woken, or found to be gone, when places became free in a pool that is so. */
async function turnsIn(
  known: Partial<PoolRecord>,
  arrange: (bench: Bench) => Promise<void> = (bench) => wait(bench, 'r'),
): Promise<string[]> {
  const bench = createBench();
  await arrange(bench);
  const before = await idsIn(bench);
  bench.stand(1_000);
  await change(bench);
  await updateDocument<PoolRecord>(bench.store, poolRecordKind, poolRecordKey(POOL), (current) => ({
    ...(current ?? emptyPoolRecord(POOL, bench.now())),
    ...known,
  }));
  await wakeNext(POOL, 9, bench.services);
  const after = await idsIn(bench);
  return before.filter((id) => !after.includes(id));
}

test('no command is woken while a storm or the breaker holds the pool, or for a change that was known', async () => {
  const until = '2026-11-20T11:00:00.000Z';
  expect(await turnsIn({})).toEqual(['r']);
  expect(await turnsIn({ storm: { since: until, until, nodes: 9, told: true } })).toEqual([]);
  expect(await turnsIn({ breaker: { failures: 5, trips: 1, openUntil: until, told: true } })).toEqual([]);
  expect(await turnsIn({ capacityChangedAt: '2026-11-20T10:00:00.000Z' })).toEqual([]);
});

test('a command whose call was made has no turn, though its entry is young', async () => {
  const bench = createBench();
  const called = inPhase('calling', { id: 'r', pool: POOL });
  await updateDocument<Remediation>(bench.store, remediationKind, remediationKey('r'), () => called);
  await wait(bench, 'r', called.createdAt);
  bench.stand(1_000);
  await change(bench);
  await wakeNext(POOL, 9, bench.services);
  expect(bench.queues.commands).toEqual([]);
  expect(await idsIn(bench)).toEqual([]);
});

test('of two commands that wait for one failure domain the older has its turn', async () => {
  const bench = createBench();
  const domains = ['rack=1'];
  for (const [id, createdAt] of [
    ['older', '2026-11-20T09:00:00.000Z'],
    ['younger', '2026-11-20T09:30:00.000Z'],
  ] as const) {
    const deferredUntil = '2026-11-20T11:00:00.000Z';
    const waits = inPhase('waiting', { id, createdAt, pool: POOL, deferredUntil });
    await updateDocument<Remediation>(bench.store, remediationKind, remediationKey(id), () => waits);
    await wait(bench, id, createdAt, { waitsFor: 'domain', domains });
  }
  bench.stand(1_000);
  await change(bench);
  await wakeNext(POOL, 1, bench.services);
  const woken = (await readWaiting(POOL, bench)).filter(({ wokenAt }) => wokenAt !== undefined);
  expect(woken.map(({ remediation }) => remediation)).toEqual(['older']);
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
