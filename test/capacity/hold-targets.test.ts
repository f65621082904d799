import { expect, test } from 'vitest';
import { type Holding, holdTargets } from '#lib/capacity/hold-targets';
import { enqueue, readWaiting } from '#lib/capacity/wait-list';
import type { Facts } from '#lib/guards/guard';
import { updateDocument } from '#lib/ledger/change';
import {
  emptyPoolRecord,
  type PoolRecord,
  poolRecordKey,
  poolRecordKind,
  readPoolRecord,
} from '#lib/ledger/pool-record';
import { createBench } from '#test/remediation/bench';
import { at, factsOf, HOUR, held, poolOfNodes } from './pool-facts.ts';

const TAGS = { action: 'update-nodes', parameters: { action: 'createTags' } } as const;

/** Tries to hold `n1` for a command, on a pool with this in its document. @returns which it holds, and why not the others. */
async function hold(known: Partial<PoolRecord>, remediation: Partial<Facts['remediation']> = {}) {
  const { services } = createBench();
  await updateDocument<PoolRecord>(services.store, poolRecordKind, poolRecordKey('pool-a'), () => ({
    ...emptyPoolRecord('pool-a', services.clock.now()),
    ...known,
  }));
  const facts = factsOf(poolOfNodes(10), { remediation: { ...TAGS, judgements: 1, ...remediation } });
  const member = { remediation: facts.remediation, targets: ['n1'], terms: {}, records: [] };
  const asking = {
    facts: new Map([[facts.remediation.id, [facts]]]),
    pool: 'pool-a',
    deadlineMs: services.clock.now() + HOUR,
    wholes: (_member: unknown, holding: any) => holding,
  };
  const [{ holding } = { holding: undefined }] = await holdTargets([member], asking, services);
  const document = await services.store.get(poolRecordKey('pool-a'));
  return { holding, record: document?.['value'] as PoolRecord };
}

test('a free target is held for the remediation, and takes no slot where nothing goes out of service', async () => {
  const { holding, record } = await hold({});
  expect(holding).toEqual({ held: ['n1'], refused: [] });
  expect(record.held['n1']).toMatchObject({ remediation: 'mine', attempt: 1, disruptive: false });
  expect(record.spent).toEqual({});
});

test('a hold lasts for a day after the deadline of its call', async () => {
  const { record } = await hold({});
  expect(record.held['n1']?.expiresAt).toBe(at(25 * HOUR));
});

test('a command that waited and has its place stands in the list no more, and those behind it may go on', async () => {
  const { services } = createBench();
  const facts = factsOf(poolOfNodes(10), {
    remediation: { action: 'reset-nodes', parameters: {}, judgements: 1 },
  });
  const member = { remediation: facts.remediation, targets: ['n1'], terms: {}, records: [] };
  const entry = {
    remediation: facts.remediation,
    waitsFor: 'place' as const,
    places: 1,
    domains: [],
    readAt: at(0),
    comesBackAtMs: services.clock.now() + HOUR,
  };
  await enqueue('pool-a', [entry], services);
  const asking = {
    facts: new Map([[facts.remediation.id, [facts]]]),
    pool: 'pool-a',
    deadlineMs: services.clock.now() + HOUR,
    wholes: (_member: unknown, holding: any) => holding,
  };
  await holdTargets([member], asking, services);
  expect(await readWaiting('pool-a', services)).toEqual([]);
  const { capacityChangedAt } = await readPoolRecord(services.store, 'pool-a', services.clock.now());
  expect(capacityChangedAt).toBe(at(0));
});

test('a group that has no room for one of its nodes holds none', async () => {
  const { services } = createBench();
  const pool = { budget: { maxUnavailable: { count: 1 } } };
  const nodes = poolOfNodes(10);
  const remediation = { action: 'reset-nodes', parameters: {}, judgements: 1 } as const;
  const facts = ['n1', 'n2'].map((of) => factsOf(nodes, { of, pool, remediation }));
  const [first] = facts;
  const member = { remediation: first!.remediation, targets: ['n1', 'n2'], terms: {}, records: [] };
  const asking = {
    facts: new Map([[first!.remediation.id, facts]]),
    pool: 'pool-a',
    deadlineMs: services.clock.now() + HOUR,
    wholes: (_member: unknown, holding: Holding) =>
      holding.refused.length > 0 ? { ...holding, held: [] } : holding,
  };
  const [{ holding } = { holding: undefined }] = await holdTargets([member], asking, services);
  expect(holding).toMatchObject({ held: [], refused: [{ target: 'n2', kind: 'no-room' }] });
  expect((await readPoolRecord(services.store, 'pool-a', services.clock.now())).held).toEqual({});
});

test('what another remediation holds is not taken, unless its hold ran out', async () => {
  const theirs = await hold({ held: { n1: held() } });
  expect(theirs.holding).toMatchObject({
    held: [],
    refused: [{ target: 'n1', kind: 'busy', holder: 'other' }],
  });
  expect(theirs.record.held['n1']).toMatchObject({ remediation: 'other' });
  const lost = await hold({ held: { n1: held('lost', { expiresAt: at(-1) }) } });
  expect(lost.record.held['n1']).toMatchObject({ remediation: 'mine' });
});

test('a later attempt takes its own hold over, and an earlier one leaves it to the later', async () => {
  const taken = await hold({ held: { n1: held('mine', { attempt: 0 }) } });
  expect(taken.record.held['n1']).toMatchObject({ attempt: 1 });
  const kept = await hold({ held: { n1: held('mine', { attempt: 3 }) } });
  expect(kept.record.held['n1']).toMatchObject({ attempt: 3 });
});

test('a ladder is not begun by a history that was read before a release', async () => {
  const ladder = { root: 'r', rung: 0 };
  const { holding } = await hold({ releases: 1 }, { ladder, rule: 'tagged' });
  expect(holding).toMatchObject({ held: [], refused: [{ kind: 'no-room', verdict: { defers: true } }] });
  expect((await hold({ releases: 1 })).holding).toMatchObject({ held: ['n1'] });
});
