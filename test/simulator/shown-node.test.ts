import { expect, it } from 'vitest';
import { createPoolWorld } from '#local/rehearsal/pools';
import type { Node } from '#local/simulator/world/node';
import { renderNode } from '#local/simulator/world/node';
import { shownNode } from '#local/simulator/world/shown-node';

/** Another value for each field of a node that can change. */
const CHANGES = {
  privateIp: '10.9.9.9',
  flavor: 'another',
  nodePool: 'another',
  phase: 'Abnormal',
  driverPhase: 'Abnormal',
  staysBroken: true,
  workload: 'job',
  workloadType: 'infer',
  workloadStatus: 'Completed',
  driverVersion: '23.0',
  os: 'another',
  plugins: { agent: '7.2' },
  haRedundant: true,
  tags: new Map([['a', 'b']]),
} satisfies Required<Omit<Node, 'name' | 'az' | 'createdAtRealMs' | 'supernode'>>;

function oneNode() {
  const nodes = [{ name: 'node-1' }];
  const world = createPoolWorld([{ name: 'train-a', id: 'pool-a', nodes }], () => 0, {
    seed: 'x',
    jobSeconds: 1,
    jitter: 0,
  });
  const [pool] = [...world.pools.values()];
  const [node] = pool ? [...pool.nodes.values()] : [];
  if (!pool || !node) throw new Error('the world has no node');
  return {
    world,
    pool,
    node,
    rendered: () => renderNode(node, pool.nodePools.get(node.nodePool), pool.clusterName, world),
  };
}

it('shows an unchanged node by the same object', () => {
  const { world, pool, node } = oneNode();
  expect(shownNode(node, pool, world)).toBe(shownNode(node, pool, world));
});

it.each(Object.keys(CHANGES))('shows a change of %s', (field) => {
  const { world, pool, node, rendered } = oneNode();
  Object.assign(node, { workload: 'job' });
  shownNode(node, pool, world);
  Object.assign(node, { [field]: Object(CHANGES)[field] });
  expect(shownNode(node, pool, world)).toEqual(rendered());
});

it('shows changes of its node pool, and of the fields that the API leaves out', () => {
  const { world, pool, node, rendered } = oneNode();
  const before = shownNode(node, pool, world);
  for (const nodePool of pool.nodePools.values())
    nodePool.resources = { ...nodePool.resources, labels: { a: 'b' } };
  expect(shownNode(node, pool, world)).toEqual(rendered());
  world.settings.nodeStatusWithout = ['driver'];
  expect(shownNode(node, pool, world)).toEqual(rendered());
  expect(shownNode(node, pool, world)).not.toEqual(before);
});
