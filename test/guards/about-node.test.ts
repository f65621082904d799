import { expect, test } from 'vitest';
import { whichNodePool } from '#lib/guards/about-node';
import type { Facts } from '#lib/guards/guard';
import { PoolNode } from '#lib/modelarts/replies/pool-node';
import { at, factsOf, HOUR, NOW } from '#test/capacity/pool-facts';

const ADDRESS = '10.0.0.1';

function node(phase: string, createdMs: number, name = 'n1'): PoolNode {
  return PoolNode.parse({
    metadata: { name, creationTimestamp: at(createdMs) },
    status: { phase, privateIp: ADDRESS },
  });
}

/** The answer about the node pool of a command that names it by the address of its node, for an alert of an hour ago. */
function verdict(bearers: readonly PoolNode[], phase?: string[]): unknown {
  const [first, ...others] = bearers;
  const about = { target: ADDRESS, node: others.length === 0 ? first : undefined, bearers, unaddressed: 0 };
  const facts = factsOf(bearers, {
    of: 'np',
    about,
    remediation: {
      node: ADDRESS,
      nodePool: 'np',
      nodePoolFound: true,
      alerts: [{ fingerprint: 'fp', startsAt: at(-HOUR) }],
    },
  });
  const limits: Facts['limits'] = { ...facts.limits, ...(phase && { phase }) };
  const refusals = whichNodePool
    .map((guard) => guard({ ...facts, limits }, NOW))
    .filter(({ allowed }) => !allowed);
  return refusals.map(({ guard, defers, handsOver }) => ({
    guard,
    ...(defers && { defers }),
    ...(handsOver && { handsOver }),
  }));
}

test.each<[string, readonly PoolNode[], string[] | undefined, unknown]>([
  ['the node of the alert', [node('Abnormal', -2 * HOUR)], undefined, []],
  ['it, in the phase that the rule demands', [node('Abnormal', -2 * HOUR)], ['Abnormal'], []],
  ['it, in another phase', [node('Available', -2 * HOUR)], ['Abnormal'], [{ guard: 'about-node' }]],
  ['it, without a phase', [node('', -2 * HOUR)], ['Abnormal'], [{ guard: 'about-node', defers: true }]],
  ['a node that has replaced it', [node('Abnormal', -HOUR + 1)], undefined, [{ guard: 'about-node' }]],
  [
    'several nodes',
    [node('Abnormal', -2 * HOUR), node('Available', -2 * HOUR, 'n2')],
    undefined,
    [{ guard: 'about-node', handsOver: true }],
  ],
  ['no node', [], undefined, [{ guard: 'about-node', defers: true }]],
])('a node pool that is named by an address stands for %s', (_name, bearers, phase, refusals) => {
  expect(verdict(bearers, phase)).toEqual(refusals);
});
