import type { ModelArtsClient, SendOptions } from '#lib/modelarts/client/client';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { showPool } from '#lib/modelarts/endpoints/show-pool';
import type { Listing, Unreadable } from '#lib/modelarts/replies/listing';
import type { NodePool } from '#lib/modelarts/replies/node-pool';
import type { Pool } from '#lib/modelarts/replies/pool';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { Workload } from '#lib/modelarts/replies/workload';
import { readAllNodePools, readAllNodes, readAllWorkloads } from './read.ts';

/** The parts of a pool that an action may need besides its nodes. `destination`: the pools that nodes go to. */
export type Part = 'workloads' | 'pool' | 'node-pools' | 'destination';

/** One reading of a pool, for all commands of a batch. A part that was not requested is absent. */
export type PoolReading = {
  nodes: readonly PoolNode[];
  /** Also absent if the list could not be read. */
  workloads?: readonly Workload[];
  pool?: Pool;
  nodePools?: readonly NodePool[];
  /** Unreadable entries of the lists: they exist, and nothing more is known. Absent: none. */
  unreadable?: UnreadableEntries;
  /** Other pools, by pool id. */
  destinations: ReadonlyMap<string, Destination>;
  /**
   * The node pools of destination pools, by pool id. A pool is absent if they were not requested, or if the API did not tell.
   */
  nodePoolsOf?: ReadonlyMap<string, readonly NodePool[]>;
};

/** Unreadable entries, by their list. */
export type UnreadableEntries = Partial<
  Readonly<Record<'nodes' | 'workloads' | 'nodePools', readonly Unreadable[]>>
>;

/** A destination pool: its nodes, and the pool itself if it has none; or the reason why it could not be read. */
export type Destination = { nodes: readonly PoolNode[]; pool?: Pool } | { error: ModelArtsError };

/**
 * Reads a pool. Throws the client's error if any part cannot be read, because half a reading decides nothing. An
 * unreadable destination concerns only the commands that go there.
 */
export async function readPool(
  client: ModelArtsClient,
  pool: string,
  wanted: { parts: ReadonlySet<Part>; destinations: readonly string[] },
  options: SendOptions,
): Promise<PoolReading> {
  const { parts } = wanted;
  const [nodes, first, shown, list, destinations] = await Promise.all([
    readAllNodes(client, pool, options),
    parts.has('workloads') ? readWorkloads(client, pool, options) : undefined,
    parts.has('pool') ? readPoolItself(client, pool, options) : undefined,
    parts.has('node-pools') ? readAllNodePools(client, pool, options) : undefined,
    Promise.all(
      (parts.has('destination') ? wanted.destinations : []).map(
        async (id) => [id, await readDestination(client, id, options)] as const,
      ),
    ),
  ]);
  // A list that omits a workload looks like that of an idle pool. An omission seldom happens twice.
  const workloads = first && both(first, await readWorkloads(client, pool, options));
  return {
    nodes: nodes.items,
    ...(workloads && { workloads: workloads.items }),
    ...(shown && { pool: shown }),
    ...(list && { nodePools: list.items }),
    unreadable: {
      nodes: nodes.unreadable,
      workloads: workloads?.unreadable ?? [],
      nodePools: list?.unreadable ?? [],
    },
    destinations: new Map(destinations),
  };
}

/** Reads a destination pool: its nodes, and the pool itself if it has none. */
export async function readDestination(
  client: ModelArtsClient,
  pool: string,
  options: SendOptions,
): Promise<Destination> {
  try {
    const { items: nodes } = await readAllNodes(client, pool, options);
    if (nodes.length > 0) return { nodes };
    return { nodes, pool: await client.send(showPool, { path: { pool_name: pool } }, options) };
  } catch (error) {
    if (error instanceof ModelArtsError) return { error };
    throw error;
  }
}

/** The node pools of a destination pool. Undefined if the API does not tell. */
export async function readNodePools(
  client: ModelArtsClient,
  pool: string,
  options: SendOptions,
): Promise<readonly NodePool[] | undefined> {
  try {
    return (await readAllNodePools(client, pool, options)).items;
  } catch (error) {
    if (error instanceof ModelArtsError) return undefined;
    throw error;
  }
}

/**
 * The list has a page and a permission of its own. If the API refuses it for good, the workloads of the pool are
 * unknown. Failures that may pass are thrown.
 */
async function readWorkloads(
  client: ModelArtsClient,
  pool: string,
  options: SendOptions,
): Promise<Listing<Workload> | undefined> {
  try {
    return await readAllWorkloads(client, pool, options);
  } catch (error) {
    const refusedForGood = error instanceof ModelArtsError && error.outcome === 'refused' && !error.transient;
    if (refusedForGood && error.status !== 401) return undefined;
    throw error;
  }
}

function both(one: Listing<Workload>, other: Listing<Workload> | undefined): Listing<Workload> | undefined {
  if (!other) return undefined;
  const items = [...one.items, ...other.items];
  const distinct = new Map(items.map((item) => [JSON.stringify(item), item]));
  return { items: [...distinct.values()], unreadable: [...one.unreadable, ...other.unreadable] };
}

/** The pool itself. If it does not show its locks or its billing, a second read follows, because one answer may omit them. */
async function readPoolItself(client: ModelArtsClient, pool: string, options: SendOptions): Promise<Pool> {
  const path = { pool_name: pool };
  const one = await client.send(showPool, { path }, options);
  const isWhole = one.controlMode !== undefined && Object.keys(one.annotations).length > 0;
  if (isWhole && one.type !== undefined && !one.unreadable) return one;
  const other = await client.send(showPool, { path }, options);
  return {
    ...other,
    ...(other.type === undefined && { type: one.type }),
    controlMode: one.controlMode ?? other.controlMode,
    annotations: { ...one.annotations, ...other.annotations },
    labels: { ...one.labels, ...other.labels },
  };
}

/** The node pool of a node by the node's labels (docs/modelarts-api.md 2.3): its name, or its id. */
export function nodesOfNodePool(nodes: readonly PoolNode[], nodePool: string): PoolNode[] {
  return nodes.filter(
    ({ labels }) =>
      labels['os.modelarts.node/nodepoolname'] === nodePool ||
      labels['os.modelarts.node/nodepool'] === nodePool,
  );
}

/** Whether a node's labels name its node pool. */
export function isLabelled({ labels }: PoolNode): boolean {
  return (
    labels['os.modelarts.node/nodepoolname'] !== undefined ||
    labels['os.modelarts.node/nodepool'] !== undefined
  );
}
