import { describe, expect, test } from 'vitest';
import type { Run } from '../../run.ts';
import type { Stretch } from '../../world/world.ts';
import { refusedForCause } from './consent-evidence.ts';

const POOL = 'pool-1';
const AT_MS = 60_000;
const BY = 'migrate-nodes#1';

/** A pool that is known to have two nodes. Its second one comes at a time, and a guard says at 60 s that it saw too little. */
function runWhere({ secondComesAtMs, readAtMs }: { secondComesAtMs: number; readAtMs: number }): Run {
  const stretch = { phase: 'Available', well: true, workload: undefined, nodePool: undefined, labels: {} };
  const pasts = new Map<string, Stretch[]>([
    ['node-1', [{ ...stretch, fromMs: 0, present: true }]],
    ['node-2', [{ ...stretch, fromMs: secondComesAtMs, present: true }]],
  ]);
  const guard = { step: 'guard', guard: 'source-keeps-a-node', allowed: false, unknown: true, why: 'unseen' };
  const write = (pk: string, atMs: number, value: object) => ({
    atMs,
    by: BY,
    document: { pk, sk: 'x', value },
    before: undefined,
  });
  const read = {
    by: BY,
    method: 'GET',
    path: `/pools/${POOL}/nodes`,
    pool: POOL,
    answered: true,
    status: 200,
  };
  return {
    writes: [
      write(`pool#${POOL}`, 0, { size: { nodes: 2 }, held: {} }),
      write('remediation#r-1', AT_MS, {
        id: 'r-1',
        action: 'migrate-nodes',
        pool: POOL,
        state: 'deferred',
        receipts: [{ ...guard, targets: ['node-1'] }],
      }),
    ],
    requests: [{ ...read, atMs: readAtMs }],
    deployment: { begun: new Map() },
    world: {
      namesOf: () => [...pasts.keys()],
      nameOf: (_: string, name: string) => name,
      past: (_: string, name: string) => pasts.get(name) ?? [],
      ever: (_: string, name: string, __: number, toMs: number, is: (one: Stretch) => boolean) =>
        (pasts.get(name) ?? []).some((one) => one.fromMs <= toMs && is(one)),
    },
  } as unknown as Run;
}

describe('a guard that saw too little of a pool', () => {
  test('was right if the pool was read before its last node came, also if that came before the record', () => {
    expect([...refusedForCause(runWhere({ secondComesAtMs: 55_000, readAtMs: 50_000 }))]).toEqual([]);
  });

  test('was wrong if the pool was read as a whole', () => {
    const [finding] = refusedForCause(runWhere({ secondComesAtMs: 45_000, readAtMs: 50_000 }));
    expect(finding?.what).toContain('its pool was read as it was');
  });
});
