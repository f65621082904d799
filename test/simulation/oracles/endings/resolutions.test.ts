import { expect, test } from 'vitest';
import { POOL, runOf } from '../run-of.ts';
import { undoneAtLast } from './resolutions.ts';

const TAKEN_BY = 'receive-alert#1';

/** A label was set for an alert that has resolved since. Another alert of the rule fires, and was received under these rules. */
function runWhere(
  pools: readonly string[],
  isFiring = true,
  { unsure = false, steps = [] as object[] } = {},
) {
  const rule = {
    name: 'worn',
    when: { source: 'alertmanager', labels: { alertname: ['Worn'] } },
    pool: { from: [{ key: 'pool' }] },
    onResolved: [{}],
  };
  const received = {
    pools: [{ id: POOL, name: 'train-a' }],
    rules: [{ ...rule, pool: { ...rule.pool, of: pools } }],
  };
  return runOf({
    rules: { pools: received.pools, rules: [rule] },
    deployment: { rules: [], begun: new Map([[TAKEN_BY, { atMs: 0, rules: received }]]) },
    delivered: isFiring
      ? [
          {
            status: 'firing',
            by: TAKEN_BY,
            episode: { alertname: 'Worn', pool: POOL, node: 'node-1', fingerprint: 'b' },
            sentAtMs: 1_000,
            answeredAtMs: 1_500,
          },
        ]
      : [],
    writes: [
      {
        atMs: 5_000,
        pk: 'remediation#r-1',
        value: {
          id: 'r-1',
          rule: 'worn',
          pool: POOL,
          node: 'node-1',
          parameters: {},
          alerts: [{ fingerprint: 'a' }],
          ...(unsure && { unsure }),
          receipts: [
            ...(unsure ? [] : [{ step: 'call', outcome: 'accepted' }]),
            { step: 'evidence', status: 'resolved', resolvedAt: '10:00' },
          ],
        },
      },
      ...steps.map((receipt, index) => ({
        atMs: 6_000,
        pk: `remediation#step-${index}`,
        value: {
          id: `step-${index}`,
          rule: 'worn',
          alerts: [],
          resolution: { undoes: ['r-1'] },
          receipts: [receipt],
        },
      })),
    ],
  });
}

test.each([
  ['no alert of the rule fires', runWhere([], false), true],
  ['one fires, and the rule takes it', runWhere(['train-a']), false],
  ['one fires, and the rules of its receiver take it for no pool', runWhere(['spare']), true],
  ['its request got no answer', runWhere([], false, { unsure: true }), true],
  [
    'a step for it found nothing to undo',
    runWhere([], false, { unsure: true, steps: [{ step: 'guard', guard: 'something-to-undo' }] }),
    true,
  ],
  ['a step undid it', runWhere([], false, { steps: [{ step: 'call', outcome: 'accepted' }] }), false],
])('what is not undone should be, if %s', (_, run, isBroken) => {
  expect([...undoneAtLast(run)].length > 0).toBe(isBroken);
});
