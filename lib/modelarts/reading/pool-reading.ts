import { ModelArtsError } from '#lib/modelarts/client/errors';
import type { Unreadable } from '#lib/modelarts/replies/listing';
import type { NodePool } from '#lib/modelarts/replies/node-pool';
import type { PlannedEvent } from '#lib/modelarts/replies/planned-event';
import type { Pool } from '#lib/modelarts/replies/pool';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { Workload } from '#lib/modelarts/replies/workload';
import type { NodePoolsByName } from './node-pool-sighting.ts';
import { plannedEventsOf } from './planned-events.ts';
import { firstAnswerOf, poolItself } from './pool-itself.ts';
import { nodePoolsOf, nodesOf, type PoolReader, workloadsOf } from './pool-reader.ts';

/** The parts of a pool that an action may need besides its nodes. `destination`: the pools that nodes go to. */
export type Part = 'workloads' | 'pool' | 'node-pools' | 'destination' | 'scheduled-events';

/** One reading of a pool, for all commands of a batch. A part that was not requested is absent. */
export type PoolReading = {
  nodes: readonly PoolNode[];
  /** Also absent if the list could not be read. */
  workloads?: readonly Workload[];
  /** When the oldest list of its workloads was asked for, epoch milliseconds. Absent: within this reading. */
  workloadsSinceMs?: number;
  pool?: Pool;
  nodePools?: readonly NodePool[];
  /** The answers about node pools of commands that the list does not show. Absent: it shows all of them. */
  nodePoolsByName?: NodePoolsByName;
  /** The maintenance that is planned for the pool, ended or not. */
  plannedEvents?: readonly PlannedEvent[];
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
  Readonly<Record<'nodes' | 'workloads' | 'nodePools' | 'plannedEvents', readonly Unreadable[]>>
>;

/** A destination pool: its nodes, and the pool itself if it has none; or the reason why it could not be read. */
export type Destination = { nodes: readonly PoolNode[]; pool?: Pool } | { error: ModelArtsError };

/**
 * Reads a pool. Throws the client's error if any part cannot be read, because half a reading decides nothing. An
 * unreadable destination concerns only the commands that go there.
 */
export async function readPool(
  reader: PoolReader,
  wanted: { parts: ReadonlySet<Part>; destinations: readonly string[] },
): Promise<PoolReading> {
  const { parts } = wanted;
  const [nodes, workloads, pool, nodePools, plannedEvents, destinations] = await Promise.all([
    nodesOf(reader),
    parts.has('workloads') ? workloadsOf(reader) : undefined,
    parts.has('pool') ? poolItself(reader) : undefined,
    parts.has('node-pools') ? nodePoolsOf(reader) : undefined,
    parts.has('scheduled-events') ? plannedEventsOf(reader) : undefined,
    Promise.all(
      (parts.has('destination') ? wanted.destinations : []).map(
        async (id) => [id, await readDestination(reader, id)] as const,
      ),
    ),
  ]);
  return {
    nodes: nodes.items,
    ...(workloads && { workloads: workloads.items }),
    ...(workloads?.sinceMs !== undefined && { workloadsSinceMs: workloads.sinceMs }),
    ...(pool && { pool }),
    ...(nodePools && { nodePools: nodePools.items }),
    ...(plannedEvents && { plannedEvents: plannedEvents.items }),
    unreadable: {
      nodes: nodes.unreadable,
      workloads: workloads?.unreadable ?? [],
      nodePools: nodePools?.unreadable ?? [],
      plannedEvents: plannedEvents?.unreadable ?? [],
    },
    destinations: new Map(destinations),
  };
}

/** Reads a destination pool: its nodes, and the pool itself if it has none. */
export async function readDestination(reader: PoolReader, pool: string): Promise<Destination> {
  try {
    const { items: nodes } = await nodesOf(reader, pool);
    return nodes.length > 0 ? { nodes } : { nodes, pool: await firstAnswerOf(reader, pool) };
  } catch (error) {
    if (error instanceof ModelArtsError) return { error };
    throw error;
  }
}

/** The node pool of a node by the node's labels (docs/design/modelarts-api.md 2.3): its name, or its id. */
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
