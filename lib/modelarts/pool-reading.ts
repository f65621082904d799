import type { ModelArtsClient, SendOptions } from './client.ts';
import { listNodePools } from './endpoints/list-node-pools.ts';
import { showPool } from './endpoints/show-pool.ts';
import { ModelArtsError } from './errors.ts';
import { listAllPoolNodes, listAllWorkloads } from './read.ts';
import type { NodePool } from './replies/node-pool.ts';
import type { Pool } from './replies/pool.ts';
import type { PoolNode } from './replies/pool-node.ts';
import type { Workload } from './replies/workload.ts';

/** What an action may want to know of a pool besides its nodes. `destination`: the pools that nodes go to. */
export type Part = 'workloads' | 'pool' | 'node-pools' | 'destination';

/** What is known of a pool right now: one reading, for all commands of a batch. What was not asked for is absent. */
export type PoolReading = {
  nodes: readonly PoolNode[];
  /** Absent also where the API does not tell. */
  workloads?: readonly Workload[];
  pool?: Pool;
  nodePools?: readonly NodePool[];
  /** Other pools, by pool id. */
  destinations: ReadonlyMap<string, Destination>;
};

/** A pool that nodes go to: its nodes, and itself where it has none; or why it could not be read. */
export type Destination = { nodes: readonly PoolNode[]; pool?: Pool } | { error: ModelArtsError };

/**
 * Reads a pool. Throws what the client throws when any part cannot be read: nothing is decided on half of it. A destination
 * that cannot be read concerns only those who want to go there.
 */
export async function readPool(
  client: ModelArtsClient,
  pool: string,
  wanted: { parts: ReadonlySet<Part>; destinations: readonly string[] },
  options: SendOptions,
): Promise<PoolReading> {
  const { parts } = wanted;
  const path = { pool_name: pool };
  const [nodes, workloads, shown, list, destinations] = await Promise.all([
    Array.fromAsync(listAllPoolNodes(client, pool, options)),
    parts.has('workloads') ? readWorkloads(client, pool, options) : undefined,
    parts.has('pool') ? client.send(showPool, { path }, options) : undefined,
    parts.has('node-pools') ? client.send(listNodePools, { path }, options) : undefined,
    Promise.all(
      (parts.has('destination') ? wanted.destinations : []).map(
        async (id) => [id, await readDestination(client, id, options)] as const,
      ),
    ),
  ]);
  return {
    nodes,
    ...(workloads && { workloads }),
    ...(shown && { pool: shown }),
    ...(list && { nodePools: list.nodePools }),
    destinations: new Map(destinations),
  };
}

async function readDestination(
  client: ModelArtsClient,
  pool: string,
  options: SendOptions,
): Promise<Destination> {
  try {
    const nodes = await Array.fromAsync(listAllPoolNodes(client, pool, options));
    if (nodes.length > 0) return { nodes };
    return { nodes, pool: await client.send(showPool, { path: { pool_name: pool } }, options) };
  } catch (error) {
    if (error instanceof ModelArtsError) return { error };
    throw error;
  }
}

/**
 * The list is on a page of its own and needs a permission of its own: an API that refuses it for good does not tell. It still
 * refuses a call for a busy node itself (page Resetting Nodes). Anything that may pass is thrown.
 */
async function readWorkloads(
  client: ModelArtsClient,
  pool: string,
  options: SendOptions,
): Promise<Workload[] | undefined> {
  try {
    return await Array.fromAsync(listAllWorkloads(client, pool, options));
  } catch (error) {
    const refusedForGood = error instanceof ModelArtsError && error.outcome === 'refused' && !error.transient;
    if (refusedForGood && error.status !== 401) return undefined;
    throw error;
  }
}

/** The nodes of a node pool, by their labels (docs/modelarts-api.md 2.3): its name, or its id. */
export function nodesOfNodePool(nodes: readonly PoolNode[], nodePool: string): PoolNode[] {
  return nodes.filter(
    ({ labels }) =>
      labels['os.modelarts.node/nodepoolname'] === nodePool ||
      labels['os.modelarts.node/nodepool'] === nodePool,
  );
}

/** Whether a node's labels say of which node pool it is. */
export function isLabelled({ labels }: PoolNode): boolean {
  return (
    labels['os.modelarts.node/nodepoolname'] !== undefined ||
    labels['os.modelarts.node/nodepool'] !== undefined
  );
}
