import { poolNotFound } from '#local/simulator/api-error';
import type { JobProgress } from '#local/simulator/world/job';

/** A node as it truly is. The API shows most of it. */
export type WorldNode = {
  name: string;
  ip: string;
  phase: string;
  /** Absent: the API shows no driver. */
  driver?: string;
  /** The versions of its driver, its system and its plugins that the API shows; absent: none. */
  versions?: { driver?: string; os?: string; plugins?: readonly { name: string; version?: string }[] };
  labels: Record<string, string>;
  nodePool: string;
  flavor: string;
  /** Its subnet; absent: the API does not say. */
  subnet?: string;
  /** The workload on it. */
  workload?: string;
  /** A reset does not help. */
  staysBroken: boolean;
  /** When it was made; absent: the API does not say. */
  createdAtMs?: number;
  /** The API refuses every request that has it, and says that it is this node, or does not. */
  locked?: 'named' | 'unnamed';
  /** The API does not show them. */
  tags?: Map<string, string>;
  /** The job of the API that has it in work, or waits to. */
  job?: string;
};

/** `isKept`: the API refuses to delete it, and does not say why. */
export type WorldNodePool = {
  name: string;
  resources: Record<string, unknown>;
  deleting?: boolean;
  isKept?: boolean;
};

export type WorldPool = {
  name: string;
  id: string;
  cluster: string;
  nodes: Map<string, WorldNode>;
  nodePools: Map<string, WorldNodePool>;
  /** The fields of the pool itself that the API shows; absent: the usual ones. */
  shown?: {
    type?: string | undefined;
    controlMode?: number | undefined;
    billing?: string | undefined;
    hasClusters: boolean;
  };
};

/** A job of the API. `request`: the number of the request in the API's log that started it; undefined for other people's. */
export type WorldJob = JobProgress<WorldNode> & {
  id: string;
  type: string;
  pool: string;
  /** Names of its nodes. */
  nodes: string[];
  request: number | undefined;
  /** The text about its nodes in the jobs list. */
  text: string;
  /** Until then no list has it. */
  hiddenUntilMs: number;
  /** When it stood still, and went on. */
  pauses: { fromMs: number; toMs?: number }[];
};

/** Whether the API shows the drivers of a pool's nodes: it does so for all of them or for none. Undefined: there is no node. */
export function showsDrivers({ nodes }: WorldPool): boolean | undefined {
  const [first] = nodes.values();
  return first && first.driver !== undefined;
}

/** The pool of an id. @throws ApiError for one that the API does not know. */
export function poolIn({ pools }: { pools: ReadonlyMap<string, WorldPool> }, id = ''): WorldPool {
  const pool = pools.get(id);
  if (pool) return pool;
  throw poolNotFound();
}
