import { expect, test } from 'vitest';
import { POOL, runOf } from '../run-of.ts';
import { addedCalls } from './added-calls.ts';

const MINUTE_MS = 60_000;
const SENT_MS = 10 * MINUTE_MS;
const BY = 'reset-nodes#1';
const BODY = { nodeNames: ['node-1'] };

const said = (status: string, fingerprint: string, atMs: number, fingerprints = 2) => ({
  status,
  episode: { id: 'alert-1', fingerprint, sender: { fingerprints } },
  sentAtMs: atMs,
  answeredAtMs: atMs,
});

/** The world with odd deliveries: its one reset is for an alert of the first fingerprint. */
function odd(delivered: readonly object[]) {
  const call = { id: 'c-1', action: 'reset-nodes', pool: POOL, request: BODY, state: 'calling' };
  return runOf({
    requests: [
      {
        by: BY,
        method: 'POST',
        path: '/batch-reset',
        body: BODY,
        job: 'job-1',
        sentAtMs: SENT_MS,
        atMs: SENT_MS,
      },
    ],
    delivered,
    writes: [
      { atMs: 1, pk: 'remediation#r-1', value: { id: 'r-1', alerts: [{ fingerprint: 'first' }] } },
      {
        atMs: 2,
        by: BY,
        pk: 'call#c-1',
        value: { ...call, members: [{ remediation: 'r-1', targets: ['node-1'] }] },
      },
    ],
  });
}

const firing = [said('firing', 'first', 0), said('firing', 'second', MINUTE_MS)];
const over = [said('resolved', 'first', 5 * MINUTE_MS)];

test.each([
  ['no report has said that its alert is over', [], firing, true],
  ['its sender has yet to say so of a fingerprint', over, [...firing, ...over], false],
  [
    'its sender has said so of each fingerprint',
    over,
    [...firing, ...over, said('resolved', 'second', 6 * MINUTE_MS)],
    true,
  ],
  ['its sender changes no fingerprints', over, [said('firing', 'first', 0, 1)], true],
])('a reset that the tidy world does not have is added, if %s', (_, tidily, oddly, isAdded) => {
  const tidy = runOf({ delivered: tidily });
  expect([...addedCalls(tidy, odd(oddly))].length > 0).toBe(isAdded);
});
