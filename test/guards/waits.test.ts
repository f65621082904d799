import { expect, test } from 'vitest';
import { withinBudget } from '#lib/capacity/budget';
import { oneBearer } from '#lib/guards/address';
import { nodePresent } from '#lib/guards/node';
import { nodeNotReplaced } from '#lib/guards/replacement';
import { sightingOf } from '#lib/modelarts/reading/absence';
import { healthOf } from '#lib/verification/health';
import { at, factsOf, HOUR, NOW, poolOfNodes } from '#test/capacity/pool-facts';

// In a world whose clock runs faster, what is waited for is as much shorter.
const waits = { goneAfterMs: 1_000, retryMs: 2_000 };
const nodes = poolOfNodes(10);

/** The verdict on a node that was missed first so long ago. */
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

test('an absence lasts until the reading that misses the node again, however long that took', () => {
  const facts = factsOf(nodes, { of: 'n99', waits, remediation: { notSeen: { n99: at(-2_000) } } });
  expect(nodePresent({ ...facts, readAtMs: NOW - 1_001 }, NOW).defers).toBe(true);
  expect(nodePresent({ ...facts, readAtMs: NOW - 1_000 }, NOW).defers).toBeUndefined();
});

test('what a list cannot read may be the node of an address, or of the id of a server, under any name', () => {
  const since = at(-HOUR);
  const verdict = (of: string) => {
    const facts = factsOf(nodes, { of, waits, remediation: { notSeen: { [of]: since } } });
    const reading = { ...facts.reading, unreadable: { nodes: [{ name: 'n77', why: 'odd' }] } };
    return nodePresent({ ...facts, reading }, NOW);
  };
  const id = '0f1e2d3c-0000-4000-8000-000000000001';
  expect([id, '10.0.0.1', 'n77'].map((target) => verdict(target).defers)).toEqual([true, true, true]);
  expect(verdict('n99').defers).toBeUndefined();
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
