import { expect, test } from 'vitest';
import { POOL, runOf } from '../run-of.ts';
import { heldBackForReason } from './reasons.ts';

const BY = 'reset-nodes#1';
const AT_MS = Date.parse('2026-11-20T10:00:00Z');
const at = (ms: number) => new Date(AT_MS + ms).toISOString();

const judged = {
  by: BY,
  pk: 'remediation#r-1',
  value: { id: 'r-1', action: 'reset-nodes', pool: POOL, nodes: ['node-1'], state: 'deferred' },
};

test.each<[string, { until?: string; releases: number; units?: number }, boolean]>([
  ['nothing was released', { until: at(1_000), releases: 0 }, false],
  ['a node was released, and it waits for a day', { until: at(25 * 3_600_000), releases: 1 }, false],
  ['a node was released, and it waits without an end', { releases: 1 }, false],
  ['a node was released, and it is read again at once', { until: at(1_000), releases: 1 }, true],
  ['the budget is spent', { until: at(25 * 3_600_000), releases: 0, units: 1 }, true],
])(
  'a day that has room for the node holds it back; %s: %j is right: %s',
  (_, { until, releases, units = 0 }, isRight) => {
    const receipt = { step: 'guard', guard: 'budget-per-day', allowed: false, targets: ['node-1'], until };
    const members = [{ remediation: 'r-2', targets: ['node-2'] }];
    const run = runOf({
      rules: { pools: [{ id: POOL, budget: { perDay: { count: 1 } } }] },
      pasts: { 'node-1': [{}], 'node-2': [{}] },
      requests: [{ by: BY, path: `/pools/${POOL}/nodes`, sentAtMs: AT_MS - 9_500, atMs: AT_MS - 9_000 }],
      writes: [
        ...(units === 0
          ? []
          : [
              {
                atMs: 1,
                pk: 'call#c-1',
                value: {
                  pool: POOL,
                  action: 'reset-nodes',
                  state: 'ended',
                  callingAt: at(-3_600_000),
                  members,
                },
              },
            ]),
        { atMs: 1, pk: `pool#${POOL}`, value: { pool: POOL, releases: 0 } },
        { ...judged, atMs: 2 },
        ...(releases === 0
          ? []
          : [{ atMs: AT_MS - 5_000, pk: `pool#${POOL}`, value: { pool: POOL, releases } }]),
        { ...judged, atMs: AT_MS, value: { ...judged.value, receipts: [receipt] } },
      ],
    });
    expect([...heldBackForReason(run)].length === 0).toBe(isRight);
  },
);
