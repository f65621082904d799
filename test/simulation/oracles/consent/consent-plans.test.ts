import { expect, test } from 'vitest';
import { runOf } from '../run-of.ts';
import { approvedSoon } from './consent-plans.ts';

test.each([
  ['is carried out', { state: 'running' }, 'delete-node-pool#1', 2_000, false],
  ['waits for a minute', { state: 'running' }, 'delete-node-pool#1', 60_000, true],
  ['is withdrawn', { state: 'rejected', withdrawnBy: 'ops' }, 'console#2', 2_000, false],
] as const)('no process comes to an approved plan that %s: %s', (_, value, by, afterMs, isBroken) => {
  const pk = 'remediation#r-1';
  const run = runOf({
    endMs: 600_000,
    writes: [
      { atMs: 1_000, pk, value: { id: 'r-1', state: 'awaiting-approval' } },
      { atMs: 5_000, pk, by: 'console#1', value: { id: 'r-1', state: 'submitting' } },
      { atMs: 5_000 + afterMs, pk, by, value: { id: 'r-1', ...value } },
    ],
  });
  expect([...approvedSoon(run)].length > 0).toBe(isBroken);
});
