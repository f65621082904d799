import { expect, test } from 'vitest';
import { POOL, runOf } from '../run-of.ts';
import { notFiringAnew } from './ladders.ts';

const MINUTE_MS = 60_000;

const alertsAt = (own: readonly object[]) =>
  own.map((one) => ({ startsAt: new Date(0).toISOString(), ...one }));

test.each([
  ['at its success', [{ fingerprint: 'a' }, { fingerprint: 'b' }], true],
  ['only since its alert fired on', [{ fingerprint: 'a' }], false],
])('an alert that fires anew speaks against a success that rested on it %s', (_, alerts, isBroken) => {
  const reset = { id: 'r-1', action: 'reset-nodes', pool: POOL, receipts: [{ step: 'job', jobId: 'job-1' }] };
  const run = runOf({
    requests: [
      {
        method: 'POST',
        path: '/batch-reset',
        body: { nodeNames: ['node-1'] },
        job: 'job-1',
        atMs: MINUTE_MS,
      },
    ],
    delivered: [
      {
        status: 'firing',
        episode: { id: 'anew', fingerprint: 'b', startsAtMs: 2 * MINUTE_MS },
        answeredAtMs: 2 * MINUTE_MS,
      },
    ],
    writes: [
      {
        atMs: 5 * MINUTE_MS,
        pk: 'remediation#r-1',
        value: { ...reset, state: 'succeeded', alerts: alertsAt(alerts) },
      },
      {
        atMs: 20 * MINUTE_MS,
        pk: 'remediation#r-1',
        value: {
          ...reset,
          state: 'escalated',
          alerts: alertsAt([{ fingerprint: 'a' }, { fingerprint: 'b' }]),
        },
      },
    ],
  });
  expect([...notFiringAnew(run)].length > 0).toBe(isBroken);
});
