import { expect, test } from 'vitest';
import { askedFor } from '../facts/asked.ts';
import { POOL, runOf } from '../run-of.ts';
import { asPlanned, workloadsSpared } from './node-pools.ts';

const BY = 'delete-node-pool#1';
const SENT_MS = 10 * 60_000;
const DELETION = {
  by: BY,
  method: 'DELETE',
  path: `/pools/${POOL}/nodepools/np-1`,
  effect: { nodes: ['node-1'] },
  sentAtMs: SENT_MS,
  atMs: SENT_MS,
};

test.each([
  ['ran on it all the time', [{ workload: 'train' }], true],
  [
    'ran on a node that has come since the pool was read',
    [{ fromMs: SENT_MS - 5_000, workload: 'train' }],
    false,
  ],
  ['has begun since the pool was read', [{}, { fromMs: SENT_MS - 5_000, workload: 'train' }], false],
])('a deletion disturbs a workload that %s: %j, %s', (_, past, isDisturbed) => {
  const command = { id: 'r-1', action: 'delete-node-pool', pool: POOL, nodePool: 'np-1', state: 'calling' };
  const call = { id: 'c-1', action: 'delete-node-pool', pool: POOL, request: {}, state: 'calling' };
  const run = runOf({
    pasts: { 'node-1': past },
    requests: [DELETION],
    writes: [
      { atMs: 1, pk: 'remediation#r-1', value: command },
      {
        atMs: SENT_MS - 1,
        by: BY,
        pk: 'call#c-1',
        value: { ...call, members: [{ remediation: 'r-1', targets: ['np-1'] }] },
      },
    ],
  });
  expect([...workloadsSpared(run)].length > 0).toBe(isDisturbed);
});

test.each([
  ['a plan that names it', { changes: { nodes: ['node-1'] } }, true],
  ['a plan that says nothing of it', { changes: { nodes: [] } }, false],
  [
    'a plan that says that there is one more',
    { changes: { nodes: [] }, remarks: ['1 more node of it'] },
    true,
  ],
])('a deletion that takes a node away is as %s: %j', (_, plan, isAsPlanned) => {
  const run = runOf({
    pasts: { 'node-1': [{}] },
    requests: [DELETION],
  });
  const [request] = askedFor(run);
  expect([...asPlanned(run, request!, plan, 'it')].length === 0).toBe(isAsPlanned);
});
