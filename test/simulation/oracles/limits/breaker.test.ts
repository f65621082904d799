import { expect, test } from 'vitest';
import { POOL, runOf } from '../run-of.ts';
import { resultsOf } from './breaker.ts';

test.each([
  ['was answered', 'call', 1],
  ['was lost with its process, and searched without a result', 'deadline', 1],
  ['was never made', 'defer', 0],
])('what is left to a person after a call that %s counts for the breaker (%s): %i', (_, step, results) => {
  const reset = { id: 'r-1', action: 'reset-nodes', pool: POOL, nodes: ['node-1'] };
  const run = runOf({
    writes: [
      { atMs: 1, pk: 'remediation#r-1', value: { ...reset, state: 'submitting' } },
      { atMs: 2, pk: 'remediation#r-1', value: { ...reset, state: 'needs-human', receipts: [{ step }] } },
      { atMs: 3, pk: `pool#${POOL}`, value: { pool: POOL, breaker: { failures: 1 } } },
    ],
  });
  expect(resultsOf(run, POOL).filter(({ failed }) => failed)).toHaveLength(results);
});
