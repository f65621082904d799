import type { Fault } from '../faults/fault.ts';
import type { ActiveFault } from '../faults/fault-list.ts';
import type { Settings } from '../options.ts';
import type { LoggedRequest } from '../request-log.ts';
import { type Job, jobProgress, type NodeWork, workProgress } from '../world/job.ts';
import type { Node } from '../world/node.ts';
import type { DriverPhase, NodePhase } from '../world/node-state.ts';
import type { World } from '../world/world.ts';

/** The true state of a node. */
export interface NodeState {
  readonly name: string;
  readonly pool: string;
  readonly nodePool: string;
  readonly flavor: string;
  readonly privateIp: string;
  readonly phase: NodePhase;
  readonly driverPhase: DriverPhase;
  readonly staysBroken: boolean;
  readonly workload: string | null;
  readonly haRedundant: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** The uid of its supernode. */
  readonly supernode: string | null;
}

/** The true state of a job, even if faults hide it. Times are real, ISO 8601; progress is 0 to 1. */
export interface JobState {
  readonly id: string;
  readonly type: string;
  readonly pool: string;
  readonly phase: string;
  readonly suspend: boolean;
  readonly message: string;
  readonly progress: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly nodes: readonly {
    readonly name: string;
    readonly state: 'waiting' | 'working' | 'done';
    readonly progress: number;
  }[];
}

export interface PoolState {
  readonly id: string;
  readonly name: string;
  readonly nodePools: readonly {
    readonly name: string;
    readonly flavor: string;
    readonly count: number;
    readonly deleting: boolean;
  }[];
  readonly nodes: readonly NodeState[];
}

/** The whole simulator as `GET /simulator` shows it. */
export interface SimulatorState {
  readonly now: string;
  readonly projectId: string;
  readonly settings: Settings;
  readonly pools: readonly PoolState[];
  readonly jobs: readonly JobState[];
  readonly faults: readonly (Fault & {
    readonly id: string;
    readonly remaining: number | null;
    /** Real time, ISO 8601; null: it has no such end. */
    readonly until: string | null;
  })[];
  readonly requests: readonly LoggedRequest[];
}

export const nodeState = (node: Node, pool: string): NodeState => {
  const { name, nodePool, flavor, privateIp, phase, driverPhase, staysBroken, haRedundant } = node;
  return {
    name,
    pool,
    nodePool,
    flavor,
    privateIp,
    phase,
    driverPhase,
    staysBroken,
    haRedundant,
    workload: node.workload ?? null,
    tags: Object.fromEntries(node.tags),
    supernode: node.supernode?.uid ?? null,
  };
};

const stateOf = ({ startedAtMs, endedAtMs }: NodeWork): 'waiting' | 'working' | 'done' =>
  startedAtMs === undefined ? 'waiting' : endedAtMs === undefined ? 'working' : 'done';

export const jobState = (job: Job, { clock, nowMs }: World): JobState => {
  const isoTime = (simulatedMs: number): string => new Date(clock.toRealMs(simulatedMs)).toISOString();
  const { id, type, phase, message } = job;
  return {
    id,
    type,
    pool: job.poolId,
    phase,
    message,
    suspend: job.suspendedAtMs !== undefined,
    progress: jobProgress(job, nowMs),
    startedAt: isoTime(job.startedAtMs),
    endedAt: job.endedAtMs === undefined ? null : isoTime(job.endedAtMs),
    nodes: job.works.map((work) => ({
      name: work.node.name,
      state: stateOf(work),
      progress: workProgress(work, job, nowMs),
    })),
  };
};

const faultState = ({ id, fault, remaining, untilMs }: ActiveFault, { clock }: World) => ({
  ...fault,
  id,
  remaining: remaining ?? null,
  until: untilMs === undefined ? null : new Date(clock.toRealMs(untilMs)).toISOString(),
});

/** Takes a picture of the world. It does not change when the world goes on. */
export const simulatorState = (world: World, requests: readonly LoggedRequest[]): SimulatorState => ({
  now: new Date(world.clock.realMs()).toISOString(),
  projectId: world.projectId,
  settings: { ...world.settings },
  pools: [...world.pools.values()].map((pool) => ({
    id: pool.id,
    name: pool.displayName,
    nodePools: [...pool.nodePools.values()].map(({ name, resources: { flavor, count }, deleting }) => ({
      name,
      flavor,
      count,
      deleting,
    })),
    nodes: [...pool.nodes.values()].map((node) => nodeState(node, pool.id)),
  })),
  jobs: world.jobs.map((job) => jobState(job, world)),
  faults: world.faults.list().map((fault) => faultState(fault, world)),
  requests: requests.map((request) => ({ ...request })),
});
