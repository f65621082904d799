import { expect, test } from 'vitest';
import { holdTargets } from '#lib/capacity/hold-targets';
import type { Facts } from '#lib/guards/guard';
import { updateDocument } from '#lib/ledger/change';
import { emptyPoolRecord, type PoolRecord, poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
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
