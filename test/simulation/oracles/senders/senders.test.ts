import { expect, test } from 'vitest';
import { POOL, runOf } from '../run-of.ts';
import { reportedIsUndone } from './senders.ts';

/** A step was done for an alert of a rule for a source, and is not undone. No report names the alert. */
function runWhere(source: string) {
  return runOf({
    rules: {
      pools: [{ id: POOL, name: 'train-a' }],
      rules: [{ name: 'worn', when: { source }, onResolved: [{}] }],
    },
    writes: [
      {
        atMs: 5_000,
        pk: 'remediation#r-1',
        value: {
          id: 'r-1',
          rule: 'worn',
          nodes: ['node-1'],
          alerts: [{ fingerprint: 'a' }],
          receipts: [{ step: 'call', outcome: 'accepted' }],
        },
      },
    ],
  });
}

test.each([
  ['cloudevents', 1],
  ['alertmanager', 0],
  ['scheduled-event', 0],
])('for an alert from %s, without a report, %i steps must be undone', (source, count) => {
  expect([...reportedIsUndone(runWhere(source))]).toHaveLength(count);
});
