import { describe, expect, test } from 'vitest';
import { packIdentities, packStatuses } from '#lib/ledger/snapshot/roster';
import { type Parts, POOL, runOf } from '../run-of.ts';
import { snapshotIsTrue, unreadableTold, unreadIsRead } from './snapshots.ts';

const MINUTE = 60_000;
const SWEEP = 'sweep#1';

const iso = (ms: number) => new Date(ms).toISOString();

/** A reading of a pool, and the writes of its snapshot. */
function kept(nodes: Readonly<Record<string, string>>): Pick<Parts, 'requests' | 'writes'> {
  const all = Object.entries(nodes).map(([name, phase]) => ({ name, phase, labels: {} }));
  const roster = { id: 'r', parts: 1, writtenAt: iso(1_000) };
  const pk = `snapshot#${POOL}`;
  const reading = { at: iso(1_000), roster, statuses: packStatuses(all), unreadable: 0 };
  return {
    requests: [{ by: SWEEP, path: `/pools/${POOL}/nodes`, sentAtMs: 1_010, atMs: 1_020 }],
    writes: [
      {
        atMs: 1_100,
        by: SWEEP,
        pk,
        sk: `roster#${iso(1_000)}#r#000`,
        value: { packed: packIdentities(all)[0] },
      },
      { atMs: 1_200, by: SWEEP, pk, value: { pool: POOL, reading } },
    ],
  };
}

const inPool = { pools: { [POOL]: [] } };
const said = (findings: Iterable<{ what: string }>) => [...findings].map(({ what }) => what);

test.each([
  [{ 'node-1': 'Available' }, 'Available', true, []],
  [{ 'node-1': 'Available' }, 'Abnormal', true, ['says that node-1 is Available, which it was not']],
  [{}, 'Available', true, ['does not show node-1']],
  [{ 'node-1': 'Available' }, '', false, ['says that node-1 is Available, which it was not']],
])('a snapshot of %j of a node that is "%s"', (nodes, phase, present, expected) => {
  const run = runOf({ ...inPool, ...kept(nodes), pasts: { 'node-1': [{ phase, present }] } });
  const found = said(snapshotIsTrue(run));
  expect(found).toHaveLength(expected.length);
  for (const [index, text] of expected.entries()) expect(found[index]).toContain(text);
});

test('two sweeps that write the same part of the nodes show them once', () => {
  const { writes = [], ...rest } = kept({ 'node-1': 'Available', 'node-2': 'Abnormal' });
  const [part] = writes;
  const again = { ...part!, by: 'sweep#2' };
  const run = runOf({
    ...inPool,
    ...rest,
    writes: [again, ...writes],
    pasts: { 'node-1': [{ phase: 'Available' }], 'node-2': [{ phase: 'Abnormal' }] },
  });
  expect(said(snapshotIsTrue(run))).toEqual([]);
});

test.each([
  ['a pool that it reads', `/pools/${POOL}/nodes`, 0],
  ['no pool', '/jobs', 1],
])('a sweep of %s', (_, path, findings) => {
  const run = runOf({
    rules: { pools: [{ id: POOL }] },
    deployment: { begun: new Map([[SWEEP, { atMs: 20 * MINUTE }]]) },
    requests: [{ by: SWEEP, path, sentAtMs: 20 * MINUTE, atMs: 20 * MINUTE }],
  });
  expect(said(unreadIsRead(run))).toHaveLength(findings);
});

describe('of a pool that could not be read', () => {
  const failing = { since: iso(0), why: '503', told: false };
  const begun = new Map([15, 20, 25].map((minutes) => [`sweep#${minutes}`, { atMs: minutes * MINUTE }]));
  const told = (atMs: number) => ({
    atMs,
    taken: true,
    body: { id: 'n-1', incident: 'not-readable', at: iso(0), pool: { id: POOL } },
  });
  test.each([
    ['for long, and people hear of it', 30, [told(16 * MINUTE)], []],
    ['for long, and no person hears of it', 30, [], ['no person heard that']],
    ['for a moment, and no person hears of it', 10, [], []],
    ['for a moment, and people hear of it', 10, [told(9 * MINUTE)], ['people heard at']],
  ])('%s', (_, minutes, letters, expected) => {
    const run = runOf({
      rules: { pools: [{ id: POOL }], notify: [{ when: ['needs-human'] }] },
      deployment: { begun, told: letters },
      writes: [
        { atMs: 100, pk: `snapshot#${POOL}`, value: { pool: POOL, failing } },
        { atMs: minutes * MINUTE, pk: `snapshot#${POOL}`, value: { pool: POOL } },
      ],
    });
    const found = said(unreadableTold(run));
    expect(found).toHaveLength(expected.length);
    for (const [index, text] of expected.entries()) expect(found[index]).toContain(text);
  });
});
