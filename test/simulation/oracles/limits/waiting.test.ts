import { expect, test } from 'vitest';
import { POOL, runOf } from '../run-of.ts';
import { noNeedlessWait } from './waiting.ts';

const HOUR_MS = 3_600_000;

const REFUSED = [{ step: 'defer', status: 401 }];

test.each([
  ['its own node', undefined, [], true],
  ['the other node of its supernode, too', { nodes: ['node-2'] }, [], false],
  ['its own node, and the API refuses to answer', undefined, REFUSED, false],
])('a command waits without a reason if the pool has room for %s', (_, whole, receipts, isNeedless) => {
  const createdAt = new Date(0).toISOString();
  const command = { id: 'r-1', action: 'migrate-nodes', pool: POOL, nodes: ['node-1'], whole, createdAt };
  const run = runOf({
    rules: {
      pools: [{ id: POOL, windows: [], budget: { maxUnavailable: { count: 1 }, perDay: { percent: 100 } } }],
    },
    pasts: Object.fromEntries(['node-1', 'node-2', 'node-3', 'node-4'].map((name) => [name, [{}]])),
    writes: [
      { atMs: 0, pk: `pool#${POOL}`, value: { held: {}, waiting: [] } },
      { atMs: 1_000, pk: 'remediation#r-1', value: { ...command, state: 'deferred', receipts } },
      { atMs: 5 * HOUR_MS, pk: 'remediation#r-1', value: { ...command, state: 'needs-human', receipts } },
    ],
  });
  expect([...noNeedlessWait(run)].length > 0).toBe(isNeedless);
});
