import { describe, expect, test } from 'vitest';
import { type Call, callKey, callKind } from '#lib/ledger/call';
import { createDocument, readDocument, updateDocument } from '#lib/ledger/change';
import { type GaugeRecord, gaugeRecordKey, gaugeRecordKind } from '#lib/ledger/gauge-record';
import { emptyPoolRecord, type PoolRecord, poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { RemediationFields } from '#lib/ledger/remediation-fields';
import { type Snapshot, snapshotKey, snapshotKind } from '#lib/ledger/snapshot/snapshot-record';
import { forgottenHolds } from '#lib/sweep/forgotten-holds';
import { measure } from '#lib/sweep/measure';
import { tellReadability } from '#lib/sweep/readability';
import { MAX_SENT_AGAIN, strandedCommands } from '#lib/sweep/stranded-commands';
import { unexplainedRemediations } from '#lib/sweep/unexplained-remediations';
import { unreadPools } from '#lib/sweep/unread-pools';
import { createBench, POOL, RULES } from '../remediation/bench.ts';
import { at, call } from '../remediation/lifecycle/in-phase.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-20T10:00:00Z');
const LONG_AGO = { createdAt: iso(NOW - 60 * MINUTE), updatedAt: iso(NOW - 60 * MINUTE) };

type Bench = ReturnType<typeof createBench>;

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

const keep = ({ store }: Bench, remediation: Remediation) =>
  createDocument<Remediation>(store, remediationKind, remediationKey(remediation.id), remediation);

test('a rung that did not help, and whose ladder does not go on, goes to a person in the end', async () => {
  const bench = createBench();
  const swept = { at: LONG_AGO.updatedAt, times: MAX_SENT_AGAIN };
  const failed = at('rung-failed', { pool: POOL, ...LONG_AGO, swept });
  await keep(bench, { ...failed, state: 'submitting' });
  const { done } = await strandedCommands(bench.services, bench.invocation());
  expect(done).toEqual({ 'handed to a person': 1 });
  expect(bench.remediations()[0]?.state).toBe('needs-human');
});

test('a sweep without time says that it is not done', async () => {
  const bench = createBench();
  await keep(bench, at('undecided', { pool: POOL, ...LONG_AGO }));
  const late = { ...bench.invocation(), deadlineMs: bench.now() };
  expect(await strandedCommands(bench.services, late)).toMatchObject({ looked: 0, incomplete: true });
  await createDocument<PoolRecord>(bench.store, poolRecordKind, poolRecordKey(POOL), {
    ...emptyPoolRecord(POOL, NOW - 60 * MINUTE),
    held: {
      'node-1': {
        remediation: 'a-remediation-that-is-gone',
        action: 'reset-nodes',
        attempt: 1,
        since: LONG_AGO.createdAt,
        expiresAt: iso(NOW + 60 * MINUTE),
        disruptive: true,
        domains: [],
      },
    },
  });
  expect(await forgottenHolds(bench.services, late)).toMatchObject({ done: {}, incomplete: true });
  expect(await forgottenHolds(bench.services, bench.invocation())).toMatchObject({
    done: { released: 1 },
    incomplete: false,
  });
});

const explained = async (more: Partial<RemediationFields>, known: Partial<Call> | 'odd') => {
  const bench = createBench();
  await keep(bench, at('verifying', { pool: POOL, ...LONG_AGO, ...more }));
  const key = callKey('call-1');
  if (known === 'odd') await bench.store.put({ ...key, version: 1, writeId: 'w', value: 'odd' }, 0);
  else await createDocument<Call>(bench.store, callKind, key, { ...call, ...known });
  await unexplainedRemediations(bench.services, bench.invocation());
  return bench.remediations()[0]?.state;
};

describe('a remediation that no call reports on', () => {
  const earlier = { callId: 'call-2', acceptedCalls: ['call-1'] };

  test.each<[string, Partial<RemediationFields>, Partial<Call> | 'odd', string]>([
    ['is left while its call is followed', {}, { state: 'accepted' }, 'verifying'],
    ['is left while an earlier call of it is followed', earlier, { state: 'accepted' }, 'verifying'],
    ['is left while its call cannot be read', {}, 'odd', 'verifying'],
    ['goes to a person when its call has ended', {}, { state: 'ended' }, 'needs-human'],
  ])('%s', async (_name, more, known, state) => {
    expect(await explained(more, known)).toBe(state);
  });
});

const told = async (before: Partial<Snapshot>, meanwhile: Partial<Snapshot>) => {
  const bench = createBench();
  const snapshot = { pool: POOL, updatedAt: iso(NOW), ...before };
  const key = snapshotKey(POOL);
  await createDocument<Snapshot>(bench.store, snapshotKind, key, snapshot);
  const { send } = bench.services.notices;
  const notices = {
    async send(messages: Parameters<typeof send>[0]) {
      await send(messages);
      await updateDocument<Snapshot>(bench.store, snapshotKind, key, () => ({ ...snapshot, ...meanwhile }));
    },
  };
  await tellReadability(POOL, snapshot, { ...bench.services, notices });
  return readDocument(bench.store, snapshotKind, key);
};

const endedAt = (minutes: number) => ({ since: iso(NOW - 60 * MINUTE), until: iso(NOW - minutes * MINUTE) });

const failingFor = (minutes: number) => ({ since: iso(NOW - minutes * MINUTE), why: 'away', told: false });

describe('the notice of a pool that cannot be read', () => {
  test('is remembered', async () => {
    expect((await told({ recovered: endedAt(9) }, { recovered: endedAt(9) }))?.recovered).toBeUndefined();
    expect((await told({ failing: failingFor(20) }, {}))?.failing?.told).toBe(true);
  });

  test('is not taken for that of another failure, which came while it was sent', async () => {
    expect((await told({ recovered: endedAt(9) }, { recovered: endedAt(1) }))?.recovered).toEqual(endedAt(1));
    expect((await told({ failing: failingFor(20) }, { failing: failingFor(1) }))?.failing?.told).toBe(false);
  });
});

test('a pool is read again if the last try failed, and the longest unread one first', async () => {
  const pools = ['b', 'c', 'd', 'e', 'f'].map((name) => `  train-${name}: { id: pool-${name} }\n`).join('');
  const bench = createBench(RULES.replace('rules:\n', `${pools}rules:\n`));
  const read = (minutes: number) => ({
    at: iso(NOW - minutes * MINUTE),
    roster: { id: 'x', parts: 0, writtenAt: iso(NOW) },
    statuses: '',
    unreadable: 0,
  });
  const failing = { since: iso(NOW - MINUTE), why: 'away', told: false };
  const snapshots = {
    'pool-b': { reading: read(1) },
    'pool-c': { reading: read(2), failing },
    'pool-d': { reading: read(9) },
    'pool-e': { reading: read(7) },
    'pool-f': { reading: read(8) },
  };
  for (const [pool, snapshot] of Object.entries(snapshots))
    await createDocument<Snapshot>(bench.store, snapshotKind, snapshotKey(pool), {
      pool,
      updatedAt: iso(NOW),
      ...snapshot,
    });
  await unreadPools(bench.services, bench.invocation());
  const asked = bench.requests.map(({ input }) => input.path.pool_name);
  expect([...new Set(asked)]).toEqual([POOL, 'pool-d', 'pool-f', 'pool-e', 'pool-c']);
});

test('the oldest of the open remediations is measured', async () => {
  const bench = createBench();
  for (const minutes of [5, 30, 10]) {
    const since = { createdAt: iso(NOW - minutes * MINUTE), updatedAt: iso(NOW - minutes * MINUTE) };
    await keep(bench, at('undecided', { id: `r-${minutes}`, pool: POOL, ...since }));
  }
  await measure(bench.services, bench.invocation());
  const record = await readDocument<GaugeRecord>(bench.store, gaugeRecordKind, gaugeRecordKey());
  const ages = record?.gauges.filter(({ name }) => /oldest/i.test(name)).map(({ value }) => value);
  expect(ages).toEqual([30 * 60]);
});
