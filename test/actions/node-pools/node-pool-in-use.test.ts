import { expect, test } from 'vitest';
import { nodesNotAtWork, shrinkSparesWorkloads } from '#lib/actions/node-pools/node-pool-in-use';
import type { Facts } from '#lib/guards/guard';
import { WAITS } from '#lib/rules/waits';

function facts(count: number, nodesInUse: number | undefined, interruptWorkloads = false): Facts {
  return {
    remediation: { parameters: { spec: { resources: { count } } } },
    limits: { interruptWorkloads },
    nodePool: {
      name: 'np-1',
      resources: { count: 4, maxCount: 4 },
      nodeCounts: { available: 3, abnormal: 1, creating: 0, deleting: 0 },
    },
    nodesInUse,
    waits: WAITS,
  } as unknown as Facts;
}

test.each([
  ['grows', 5, 4, false, true],
  ['stays', 4, 4, false, true],
  ['keeps as many nodes as are in use', 3, 3, false, true],
  ['would have fewer nodes than are in use', 2, 3, false, false],
  ['may interrupt them', 2, 3, true, true],
  ['has an unknown use', 0, undefined, false, false],
  ['has an unknown use, and may interrupt all workloads', 0, undefined, true, true],
  ['is emptied while one is in use', 0, 1, false, false],
])('a node pool that %s', (_name, count, nodesInUse, interruptWorkloads, allowed) => {
  expect(shrinkSparesWorkloads(facts(count, nodesInUse, interruptWorkloads), 0)).toMatchObject({ allowed });
});

test('a node pool waits while the number of its nodes in use is unknown', () => {
  expect(shrinkSparesWorkloads(facts(0, undefined), 0)).toMatchObject({ defers: true, unknown: true });
});

test('a node pool is not taken away under a remediation of one of its nodes', () => {
  const atWork = { ...facts(1, 0), nodesAtWork: new Map([['node-1', 'r-1']]) };
  expect(nodesNotAtWork(atWork, 0)).toEqual({
    guard: 'nodes-not-at-work',
    allowed: false,
    why: 'remediations are at work on 1 of its nodes: r-1 on node-1',
  });
  expect(nodesNotAtWork(facts(1, 0), 0)).toMatchObject({ allowed: true });
});
