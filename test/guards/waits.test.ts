import { expect, test } from 'vitest';
import { withinBudget } from '#lib/capacity/budget';
import { oneBearer } from '#lib/guards/address';
import { nodePresent } from '#lib/guards/node';
import { nodeNotReplaced } from '#lib/guards/replacement';
import { sightingOf } from '#lib/modelarts/reading/absence';
import { healthOf } from '#lib/verification/health';
import { at, factsOf, NOW, poolOfNodes } from '#test/capacity/pool-facts';

// In a world whose clock runs faster, what is waited for is as much shorter.
const waits = { goneAfterMs: 1_000, retryMs: 2_000 };
const nodes = poolOfNodes(10);

/** What is said of a node that was missed first so long ago. */
const present = (sinceMs: number) =>
  nodePresent(factsOf(nodes, { of: 'n99', waits, remediation: { notSeen: { n99: at(-sinceMs) } } }), NOW);

test('a node is gone as soon as two lists are as far apart as the rules say', () => {
  expect(present(999)).toMatchObject({ allowed: false, defers: true, until: at(2_000) });
  expect(present(1_000).defers).toBeUndefined();

  const sighting = sightingOf(
    { items: ['a'], unreadable: [] },
    () => false,
    () => false,
  );
  const health = (sinceMs: number) => healthOf(sighting as never, at(-sinceMs), [], NOW, waits.goneAfterMs);
  expect([health(999).state, health(1_000).state]).toEqual(['unknown', 'broken']);
});

test('an address is believed, and a pool is read again, after as long', () => {
  const addressed = nodes.map((node, index) => ({ ...node, ...(index === 0 && { privateIp: '10.0.0.1' }) }));
  const bearing = factsOf(addressed, { of: '10.0.0.1', unaddressed: 1, waits });
  expect(oneBearer(bearing, NOW)).toMatchObject({ defers: true, until: at(1_000) });
  const young = { ...bearing, remediation: { ...bearing.remediation, evidenceAt: at(0) } };
  expect(nodeNotReplaced(young, NOW)).toMatchObject({ defers: true, until: at(2_000) });

  const shrunk = factsOf(nodes, {
    known: { size: { nodes: 11, smaller: { nodes: 10, since: at(0) } } },
    waits,
  });
  const one = {
    ...shrunk,
    pool: { ...shrunk.pool, budget: { ...shrunk.pool.budget, maxUnavailable: { count: 1 } } },
  };
  expect(withinBudget(one, NOW)).toMatchObject({ defers: true, until: at(1_000) });
});
