import { type PoolOptions, SimulatorOptions } from '#local/simulator/options';
import { addNode, createNodePool } from '#local/simulator/world/build-pool';
import type { Node } from '#local/simulator/world/node';
import type { Pool } from '#local/simulator/world/pool';
import { createWorld, type World } from '#local/simulator/world/world';

/** A node as a rehearsal begins with it. Absent fields are those of a well node. */
export type StartingNode = Partial<
  Pick<
    Node,
    | 'phase'
    | 'driverPhase'
    | 'staysBroken'
    | 'workload'
    | 'driverVersion'
    | 'os'
    | 'plugins'
    | 'haRedundant'
    | 'flavor'
    | 'privateIp'
  >
> & {
  name: string;
  nodePool?: string | undefined;
  /** Nodes with the same word are one supernode. */
  supernode?: string | undefined;
  tags?: Readonly<Record<string, string>>;
};

/** A pool as a rehearsal begins with it. `id`: `metadata.name`. */
export type StartingPool = { name: string; id: string; nodes: readonly StartingNode[] };

export const DEFAULT_FLAVOR = 'modelarts.bm.npu.arm.8snt9b.d';
export const DEFAULT_NODE_POOL = `${DEFAULT_FLAVOR}-default`;

const DAY_MS = 86_400_000;

/**
 * The simulator's world with exactly these pools and nodes, on a clock of the caller's.
 *
 * @param jobSeconds how long a job takes for one node; `jitter` is the sigma of the spread around it.
 */
export function createPoolWorld(
  pools: readonly StartingPool[],
  now: () => number,
  { seed, jobSeconds, jitter }: { seed: string; jobSeconds: number; jitter: number },
): World {
  const empty = pools.map(({ id }, index): PoolOptions => {
    return {
      name: `pool-${index}`,
      id,
      nodePools: [{ name: 'none', flavor: DEFAULT_FLAVOR, nodes: 0 }],
      billing: 'on-demand',
    };
  });
  const options = SimulatorOptions.parse({ seed, jobDurationSeconds: jobSeconds, jobDurationJitter: jitter });
  const world = createWorld({ ...options, pools: empty }, now);
  for (const { id, name, nodes } of pools) {
    const pool = world.pools.get(id);
    if (pool) fill(Object.assign(pool, { displayName: name }), nodes, world);
  }
  return world;
}

function fill(pool: Pool, nodes: readonly StartingNode[], world: World): void {
  pool.nodePools.clear();
  const supernodes = Map.groupBy(nodes, ({ supernode }) => supernode);
  const taken = new Set(nodes.flatMap(({ privateIp }) => privateIp ?? []));
  for (const {
    name,
    privateIp,
    nodePool: wanted,
    flavor = DEFAULT_FLAVOR,
    supernode,
    tags = {},
    ...state
  } of nodes) {
    const poolName = wanted ?? (flavor === DEFAULT_FLAVOR ? DEFAULT_NODE_POOL : `${flavor}-default`);
    const nodePool = pool.nodePools.get(poolName) ?? createNodePool(poolName, flavor, 0, world.random);
    pool.nodePools.set(poolName, nodePool);
    nodePool.resources = {
      ...nodePool.resources,
      count: nodePool.resources.count + 1,
      maxCount: nodePool.resources.maxCount + 1,
    };
    const member =
      supernode === undefined
        ? undefined
        : {
            uid: world.random.uuid('supernode', pool.id, supernode),
            name: supernode,
            count: supernodes.get(supernode)?.length ?? 1,
          };
    // The addresses of nodes without one leave out those that others have.
    if (privateIp === undefined) while (taken.has(nextAddress(pool))) pool.nodesEver += 1;
    const bornMs = world.clock.realMs() - 30 * DAY_MS;
    const node = addNode(pool, nodePool, world.random, bornMs, member, { name, privateIp });
    Object.assign(node, state);
    if (state.phase === 'Abnormal' && state.driverPhase === undefined) node.driverPhase = 'Abnormal';
    for (const [key, value] of Object.entries(tags)) node.tags.set(key, value);
  }
}

function nextAddress({ number, nodesEver }: Pool): string {
  const host = 11 + nodesEver;
  return `10.${number}.${host >> 8}.${host & 0xff}`;
}
