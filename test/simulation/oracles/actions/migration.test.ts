import { expect, test } from 'vitest';
import { POOL, runOf } from '../run-of.ts';
import { arrivalSeen, trulyArrived } from './migration.ts';

const MINUTE_MS = 60_000;
const NODE = 'node-1';
const NODES_OF_OTHER = '/pools/pool-2/nodes';

/** The state of a migration after five minutes. */
function migration(more: object) {
  const value = {
    id: 'r-1',
    action: 'migrate-nodes',
    pool: POOL,
    parameters: { toPoolName: 'pool-2' },
    ...more,
  };
  return { atMs: 5 * MINUTE_MS, pk: 'remediation#r-1', value };
}

/** A migration whose node has arrived, and which counts as failed after five minutes. */
function failed({ as = NODE, notKnown = false, delivered = [] as object[], requests = [] as object[] }) {
  return runOf({
    requests: [
      {
        method: 'POST',
        path: '/batch-migrate',
        body: { migrateNodeNames: [NODE] },
        job: 'job-1',
        atMs: MINUTE_MS,
      },
      ...requests,
    ],
    jobs: [
      {
        id: 'job-1',
        phase: 'Success',
        pool: POOL,
        nodes: [NODE],
        startedAtMs: MINUTE_MS,
        endedAtMs: 2 * MINUTE_MS,
      },
    ],
    arrivals: [{ pool: 'pool-2', node: NODE, as, atMs: 2 * MINUTE_MS }],
    pasts: { [as]: [{ fromMs: 2 * MINUTE_MS }] },
    delivered,
    writes: [
      migration({
        alerts: [{ fingerprint: 'a' }],
        jobId: 'job-1',
        outcomes: { [NODE]: { state: 'failed', why: 'it is gone', ...(notKnown && { notKnown }) } },
      }),
    ],
  });
}

const said = (status: string, atMs: number) => ({
  status,
  episode: { fingerprint: 'a' },
  sentAtMs: atMs,
  answeredAtMs: atMs,
});
const anew = (resolvedAtMs: number, firesAtMs: number) => [
  said('resolved', resolvedAtMs),
  said('firing', firesAtMs),
];
const read = (odd?: string) => [{ by: 'poll-jobs#1', path: NODES_OF_OTHER, atMs: 3 * MINUTE_MS, odd }];

test.each([
  ['nothing speaks against it', {}, false],
  ['its alert has fired anew since', { delivered: anew(2.2 * MINUTE_MS, 4 * MINUTE_MS) }, true],
  ['its alert, over before the job, has fired anew since', { delivered: anew(0, 1.5 * MINUTE_MS) }, true],
  ['its alert had fired anew before the job', { delivered: anew(-2 * MINUTE_MS, 0.5 * MINUTE_MS) }, false],
  ['a firing came late', { delivered: anew(2 * MINUTE_MS, 2.5 * MINUTE_MS) }, false],
  [
    'it is there under another name, which every list hid',
    { as: 'node-2', notKnown: true, requests: read('odd-short') },
    true,
  ],
  [
    'it is there under another name, which a list has shown',
    { as: 'node-2', notKnown: true, requests: read() },
    false,
  ],
  ['it is there under its own name', { notKnown: true, requests: read('odd-short') }, false],
] as const)('a node that has arrived may be said to have failed if %s: %j, %s', (_, world, isRight) => {
  expect([...arrivalSeen(failed(world as Parameters<typeof failed>[0]))].length === 0).toBe(isRight);
});

test.each([
  ['its own pool', POOL, 0],
  ['another pool', 'pool-2', 1],
])('a migration to %s that succeeds without an arrival is %i times wrong', (_, toPoolName, count) => {
  const run = runOf({
    pasts: { [NODE]: [{ fromMs: 0 }] },
    writes: [migration({ parameters: { toPoolName }, outcomes: { [NODE]: { state: 'succeeded' } } })],
  });
  expect([...trulyArrived(run)]).toHaveLength(count);
});
