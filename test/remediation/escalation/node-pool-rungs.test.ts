import { describe, expect, test } from 'vitest';
import { apiError, createNodePoolBench, HOUR, MINUTE, POOL } from '#test/actions/node-pools/node-pool-bench';
import { firing } from '#test/remediation/bench';

const rules = (ladder: string, rule = '') => `
pools: { train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% } } }
rules:
  - name: card-lost
    when: { labels: { alertname: CardLost } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    ${rule}
    ladder: [ ${ladder} ]
polling: { first: 90s, every: 30s }
`;
const NODE = 'os-node-np-1-0';
const GROW = '{ update-node-pool: { resources: { count: 3 } } }';

function bench(ladder: string, rule?: string) {
  const world = createNodePoolBench(rules(ladder, rule));
  return {
    ...world,
    /** The remediations in the order of their rungs. */
    rungs: () => world.remediations().toSorted((a, b) => (a.ladder?.rung ?? 0) - (b.ladder?.rung ?? 0)),
  };
}

const refused = () => apiError('patchNodePool', { status: 400, code: 'ModelArts.50004000' });

describe('a rung about a node pool', () => {
  test('is about the node pool in which the node of the alert is', async () => {
    const world = bench(GROW);
    await world.receive(firing(NODE));
    await world.advance(20_000);
    expect(world.sent('patchNodePool')).toMatchObject([
      { path: { nodepool_name: 'np-1' }, body: { spec: { resources: { count: 3 } } } },
    ]);
    expect(world.rungs()).toMatchObject([
      { action: 'update-node-pool', node: NODE, nodePool: 'np-1', nodePoolFound: true, rule: 'card-lost' },
    ]);
    expect(world.rungs()[0]).not.toHaveProperty('nodes');
    world.count('np-1', { available: 3 });
    await world.advance(3 * MINUTE);
    expect(world.rungs()[0]).toMatchObject({ state: 'succeeded' });
  });

  test('is about the node pool that it names, even if the node is in another one', async () => {
    const world = bench('{ update-node-pool: { nodePool: np-0, resources: { count: 7 } } }');
    await world.receive(firing(NODE));
    await world.advance(20_000);
    expect(world.sent('patchNodePool')).toMatchObject([{ path: { nodepool_name: 'np-0' } }]);
    expect(world.rungs()).toMatchObject([{ node: NODE, nodePool: 'np-0' }]);
  });

  test('finds the node by its address, too', async () => {
    const world = bench(GROW);
    await world.receive(firing('10.0.1.0:9100'));
    await world.advance(20_000);
    expect(world.sent('patchNodePool')).toMatchObject([{ path: { nodepool_name: 'np-1' } }]);
  });

  test('is found by the name of its node', async () => {
    const world = bench(GROW);
    await world.receive(firing('10.0.1.0:9100'));
    await world.advance(20_000);
    const history = world.store.documents().filter(({ pk }) => pk === `history#${NODE}`);
    expect(history).toHaveLength(1);
    expect(world.rungs()[0]).toMatchObject({ resolved: { '10.0.1.0': { node: NODE } } });
  });

  test.each([
    [
      'no label says in which node pool the node is',
      (world: ReturnType<typeof bench>) => world.withoutLabels(),
    ],
    ['the list does not have the node', (world: ReturnType<typeof bench>) => void world.nodes.delete(NODE)],
  ])('waits while %s, and then goes to a person', async (_, spoil) => {
    const world = bench(GROW, 'maxEvidenceAge: 1h');
    spoil(world);
    await world.receive(firing(NODE));
    await world.advance(10 * MINUTE);
    expect(world.rungs()[0]!.state).toBe('deferred');
    await world.advance(2 * HOUR, MINUTE);
    expect(world.sent('patchNodePool')).toEqual([]);
    expect(world.rungs()[0]!.state).toBe('needs-human');
  });

  test('comes to its node pool when the label is there', async () => {
    const world = bench(GROW);
    world.withoutLabels();
    await world.receive(firing(NODE));
    await world.advance(5 * MINUTE);
    world.withoutLabels(false);
    await world.advance(20 * MINUTE);
    expect(world.sent('patchNodePool')).toMatchObject([{ path: { nodepool_name: 'np-1' } }]);
  });

  test('is not carried out once the alert has resolved, known node pool or not', async () => {
    const world = bench(GROW);
    world.withoutLabels();
    await world.receive(firing(NODE));
    await world.advance(MINUTE);
    await world.receive(firing(NODE, { status: 'resolved', endsAt: '2026-11-20T10:01:00.000Z' }));
    await world.advance(20 * MINUTE);
    expect(world.rungs()[0]).toMatchObject({ state: 'skipped', why: expect.stringContaining('resolved') });
  });

  test('is only for a node in a phase that the rule demands', async () => {
    const world = bench(GROW, 'phase: [Abnormal]');
    await world.receive(firing(NODE));
    await world.advance(20_000);
    expect(world.sent('patchNodePool')).toEqual([]);
    expect(world.rungs()[0]!.why).toContain('the rule demands Abnormal');
  });

  test('is the same command when its message comes twice, before and after the node pool was found', async () => {
    const world = bench(GROW);
    await world.receive(firing(NODE));
    const [message] = world.queues.commands;
    await world.advance(20_000);
    world.queues.commands.push({ ...message!, dueMs: 0 });
    await world.advance(20_000);
    expect(world.queues.deadLetters).toEqual([]);
    expect(world.sent('patchNodePool')).toHaveLength(1);
    expect(world.remediations()).toHaveLength(1);
  });
});

describe('a rule that makes a node pool smaller', () => {
  const SHRINK = '{ update-node-pool: { resources: { count: 1 } } }';

  test('waits for an approval, in any mode', async () => {
    const world = bench(SHRINK);
    await world.receive(firing(NODE));
    await world.advance(20_000);
    expect(world.sent('patchNodePool')).toEqual([]);
    const [waiting] = world.rungs();
    expect(waiting).toMatchObject({ state: 'awaiting-approval', nodePool: 'np-1' });
    await world.approve(waiting!.id, waiting!.plan!.hash);
    await world.advance(20_000);
    expect(world.sent('patchNodePool')).toHaveLength(1);
  });

  test('is no obstacle to a command that asks for the same', async () => {
    const world = bench(SHRINK);
    await world.accept({
      id: 'c-1',
      action: 'update-node-pool',
      node: NODE,
      parameters: { spec: { resources: { count: 1 } } },
    });
    await world.advance(20_000);
    expect(world.sent('patchNodePool')).toMatchObject([{ path: { nodepool_name: 'np-1' } }]);
  });
});

describe('a rung that deletes a node pool', () => {
  test('waits for an approval of exactly its plan', async () => {
    const world = bench('{ delete-node-pool: {} }');
    await world.receive(firing(NODE));
    await world.advance(20_000);
    const [waiting] = world.rungs();
    expect(waiting).toMatchObject({ state: 'awaiting-approval', nodePool: 'np-1' });
    expect(world.sent('deleteNodePool')).toEqual([]);
    await world.approve(waiting!.id, waiting!.plan!.hash);
    await world.advance(20_000);
    expect(world.sent('deleteNodePool')).toMatchObject([{ path: { nodepool_name: 'np-1' } }]);
  });
});

describe('the ladder', () => {
  test('goes on to the node itself where the change of its node pool was refused', async () => {
    const world = bench(`${GROW}, { reset-nodes: {} }`);
    world.api.before = (endpoint) => {
      if (endpoint === 'patchNodePool') throw refused();
    };
    await world.receive(firing(NODE));
    await world.advance(MINUTE);
    expect(world.rungs()).toMatchObject([
      { action: 'update-node-pool', state: 'escalated' },
      { action: 'reset-nodes', nodes: [NODE] },
    ]);
    expect(world.sent('batchResetNodes')).toMatchObject([{ body: { nodeNames: [NODE] } }]);
  });

  test('ends with a person, whose notice names the node and the node pool', async () => {
    const world = bench(`${GROW}, { notify: {} }`);
    world.api.before = (endpoint) => {
      if (endpoint === 'patchNodePool') throw refused();
    };
    await world.receive(firing(NODE));
    await world.advance(MINUTE);
    expect(world.rungs()).toMatchObject([
      { state: 'escalated' },
      { action: 'notify', state: 'needs-human', nodes: [NODE] },
    ]);
  });
});

/** The node pool has come to its three nodes. */
const grown = (world: ReturnType<typeof bench>) => world.count('np-1', { available: 3, creating: 0 });

describe('a rung that says how it is verified', () => {
  const VERIFIED =
    '{ update-node-pool: { resources: { count: 3 } }, verify: { healthyFor: 2m, within: 20m } }, { notify: {} }';

  test('waits for the node to be well, once the node pool is as it should be', async () => {
    const world = bench(VERIFIED);
    await world.receive(firing(NODE));
    await world.advance(20_000);
    world.count('np-1', { creating: 1 });
    await world.advance(30 * MINUTE, MINUTE);
    expect(world.rungs()[0]!.state).toBe('verifying');
    grown(world);
    await world.advance(MINUTE);
    expect(world.rungs()[0]).toMatchObject({
      state: 'verifying',
      outcomes: { 'np-1': { state: 'verifying' } },
    });
    await world.advance(3 * MINUTE);
    expect(world.rungs()).toMatchObject([{ state: 'succeeded' }]);
  });

  test('goes on where the node is broken when the time for it is over, also past the deadline of the change', async () => {
    const world = bench(VERIFIED);
    world.breakNode(NODE);
    await world.receive(firing(NODE));
    await world.advance(20_000);
    world.count('np-1', { creating: 1 });
    await world.advance(40 * MINUTE, MINUTE);
    world.count('np-1', { available: 2, creating: 0 });
    await world.advance(10 * MINUTE, MINUTE);
    expect(world.rungs()[0]!.state).toBe('verifying');
    await world.advance(15 * MINUTE, MINUTE);
    expect(world.rungs()).toMatchObject([{ state: 'escalated' }, { action: 'notify', state: 'needs-human' }]);
    expect(world.rungs()[0]!.why).toContain('the node pool is as it should be, but');
  });

  test('is for a person where the state of the node is unknown', async () => {
    const world = bench(VERIFIED);
    await world.receive(firing(NODE));
    await world.advance(20_000);
    grown(world);
    world.api.before = (endpoint) => {
      if (endpoint === 'listPoolNodes') throw apiError(endpoint, { status: 403, code: 'ModelArts.0403' });
    };
    await world.advance(2 * HOUR, MINUTE);
    expect(world.rungs()).toMatchObject([{ state: 'needs-human' }]);
  });
});

test('what one alert did is undone when the last alert about its node resolves, which waited under the address of the node', async () => {
  const world = bench(GROW, 'onResolved: [ { update-node-pool: { resources: { count: 2 } } } ]');
  const byAddress = {
    fingerprint: 'by-address',
    labels: { alertname: 'CardLost', instance: '10.0.1.0:9100' },
  };
  const over = () => ({ status: 'resolved' as const, endsAt: new Date(world.now()).toISOString() });
  await world.receive(firing(NODE));
  await world.advance(20_000);
  await world.receive(firing(NODE, byAddress));
  await world.advance(20_000);
  const waiting = () => world.remediations().find(({ node }) => node === '10.0.1.0');
  expect(waiting()).toMatchObject({ state: 'deferred' });
  expect(waiting()).not.toHaveProperty('judged');
  await world.receive(firing(NODE, over()));
  await world.receive(firing(NODE, { ...byAddress, ...over() }));
  world.count('np-1', { available: 3 });
  await world.advance(5 * MINUTE);
  const [rung] = world.remediations();
  const steps = world.remediations().filter(({ resolution }) => resolution !== undefined);
  // Shrinking a node pool waits for an approval.
  expect(steps).toMatchObject([
    { state: 'awaiting-approval', nodePool: 'np-1', resolution: { undoes: [rung?.id] } },
  ]);
});
