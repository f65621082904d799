import { expect, test } from 'vitest';
import { POOL, runOf } from '../run-of.ts';
import { overBudgetTold } from './over-budget.ts';

const BY = 'migrate-nodes#1';

test.each([
  ['was judged', 1, ['no person heard that 2 nodes of pool-1 were out of service']],
  ['was deferred unjudged, as its destination could not be read', 0, []],
])('people hear of a pool over its budget if a command %s', (_, judgements, said) => {
  const command = { id: 'r-1', action: 'migrate-nodes', pool: POOL, parameters: {} };
  const run = runOf({
    rules: {
      pools: [{ id: POOL, budget: { maxUnavailable: { count: 1 } } }],
      notify: [{ when: ['needs-human'] }],
    },
    pasts: { 'node-1': [{ well: false }], 'node-2': [{ well: false }], 'node-3': [{}] },
    requests: [{ by: BY, path: `/pools/${POOL}/nodes`, sentAtMs: 9_000, atMs: 9_500 }],
    writes: [
      {
        atMs: 1_000,
        by: BY,
        pk: 'remediation#r-1',
        value: { ...command, state: 'submitting', judgements: 0 },
      },
      {
        atMs: 10_000,
        by: BY,
        pk: 'remediation#r-1',
        value: { ...command, state: 'deferred', deferrals: 1, judgements },
      },
    ],
  });
  expect([...overBudgetTold(run)].map(({ what }) => what.split(' at ')[0])).toEqual(said);
});
