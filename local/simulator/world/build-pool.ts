import type { NodePoolOptions, PoolOptions } from '../options.ts';
import type { Node } from './node.ts';
import type { NodePool } from './node-pool.ts';
import type { Pool } from './pool.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';

const defaultFlavor = 'modelarts.bm.npu.arm.8snt9b.d';
const availabilityZone = 'cn-north-4a';
/** The node of the vendor's batch-reset page: the first of the first pool, so that examples work on any simulator. */
const firstNodeName = 'os-node-created-lv29s';
const dayMs = 86_400_000;
// The first address is 10.x.0.11: those before it belong to gateways.
const firstHostNumber = 11;

/** A pool's default id: it depends only on the name, so that a rules file can hold it. */
const poolIdOf = (name: string): string => {
  const random = createSeededRandom(name);
  return `pool-${random.hex(4, 'short')}-${random.hex(32, 'long')}`;
};

const nodeNameOf = (pool: Pool, random: SeededRandom): string => {
  if (pool.number === 0 && pool.nodesEver === 0) return firstNodeName;
  for (let attempt = 0; ; attempt += 1) {
    const name = `os-node-created-${random.suffix(5, 'node', pool.id, pool.nodesEver, attempt)}`;
    if (!pool.nodes.has(name)) return name;
  }
};

/** Adds one node to a node pool: `Available`, unless the caller changes that. Without a name and an address it gets its own. */
export const addNode = (
  pool: Pool,
  nodePool: NodePool,
  random: SeededRandom,
  createdAtRealMs: number,
  supernode?: Node['supernode'],
  given: { name?: string | undefined; privateIp?: string | undefined } = {},
): Node => {
  const host = firstHostNumber + pool.nodesEver;
  const node: Node = {
    name: given.name ?? nodeNameOf(pool, random),
    privateIp: given.privateIp ?? `10.${pool.number}.${host >> 8}.${host & 0xff}`,
    az: availabilityZone,
    createdAtRealMs,
    ...(supernode && { supernode }),
    flavor: nodePool.resources.flavor,
    nodePool: nodePool.name,
    phase: 'Available',
    driverPhase: 'Running',
    staysBroken: false,
    workload: undefined,
    haRedundant: false,
    tags: new Map(),
  };
  pool.nodesEver += 1;
  pool.nodes.set(node.name, node);
  return node;
};

export const createNodePool = (
  name: string,
  flavor: string,
  count: number,
  random: SeededRandom,
): NodePool => ({
  name,
  resources: {
    nodePool: name,
    flavor,
    count,
    maxCount: count,
    network: {
      vpc: random.uuid('vpc'),
      subnet: random.uuid('subnet'),
      securityGroups: [random.uuid('security group')],
    },
  },
  deleting: false,
});

const defaultNodePools = (nodes: number): NodePoolOptions[] => {
  const inFirst = Math.floor(nodes / 4);
  return [
    { name: `${defaultFlavor}-default`, flavor: defaultFlavor, nodes: nodes - inFirst },
    { name: 'np-1', flavor: defaultFlavor, nodes: inFirst },
  ];
};

/** Builds a pool of healthy nodes, all older than the simulator. */
export const buildPool = (
  options: PoolOptions,
  number: number,
  defaultNodes: number,
  random: SeededRandom,
  nowRealMs: number,
): Pool => {
  const pool: Pool = {
    id: options.id ?? poolIdOf(options.name),
    displayName: options.name,
    clusterName: `lite-cluster-${createSeededRandom(options.name).uuid('cluster')}`,
    billing: options.billing,
    createdAtRealMs: nowRealMs - 90 * dayMs,
    number,
    nodePools: new Map(),
    nodes: new Map(),
    nodesEver: 0,
  };
  for (const { name, flavor, nodes, supernodeSize } of options.nodePools ??
    defaultNodePools(options.nodes ?? defaultNodes)) {
    const nodePool = createNodePool(name, flavor, nodes, random);
    pool.nodePools.set(name, nodePool);
    for (let index = 0; index < nodes; index += 1) {
      const batch = supernodeSize === undefined ? undefined : Math.floor(index / supernodeSize);
      const supernode =
        batch === undefined || supernodeSize === undefined
          ? undefined
          : {
              uid: random.uuid('supernode', pool.id, name, batch),
              name: `${name}-supernode-${batch + 1}`,
              count: Math.min(supernodeSize, nodes - batch * supernodeSize),
            };
      addNode(pool, nodePool, random, nowRealMs - 30 * dayMs, supernode);
    }
  }
  return pool;
};
