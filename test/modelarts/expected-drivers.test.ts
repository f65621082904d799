import { expect, test } from 'vitest';
import { flavorsWithDriver } from '#lib/modelarts/reading/expected-drivers';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';

const nodesOf = (...drivers: (string | undefined)[]): PoolNode[] =>
  drivers.map((driverPhase, index) => ({
    name: `n${index}`,
    phase: 'Available',
    flavor: 'npu',
    driverPhase,
    driverVersion: undefined,
    os: undefined,
    plugins: undefined,
    privateIp: undefined,
    subnet: undefined,
    createdAt: undefined,
    labels: {},
    annotations: {},
    taints: [],
  }));

test.each([
  ['all nodes show one: it has one', nodesOf('Running', 'Abnormal'), [], ['npu']],
  ['not all of them do, and it was not known before: it has none', nodesOf('Running', undefined), [], []],
  [
    'not all of them do, and it was known before: it has one',
    nodesOf('Running', undefined),
    ['npu'],
    ['npu'],
  ],
  ['its only node shows none, and it was known before: it has one', nodesOf(undefined), ['npu'], ['npu']],
  ['several show none: it has none', nodesOf(undefined, undefined), ['npu'], []],
  ['it has no node any more: it stays known', [], ['npu'], ['npu']],
])('of a flavor %s', (_, nodes, known, expected) => {
  expect(flavorsWithDriver(nodes, known)).toEqual(expected);
});
