import type * as z from 'zod';
import { Fault, type FaultInput } from '../faults/fault.ts';
import type { KeyLock } from '../key-lock.ts';
import { PoolOptions, type SettingsChange, type SimulatorOptions } from '../options.ts';
import type { RequestLog } from '../request-log.ts';
import { buildPool } from '../world/build-pool.ts';
import { endJob, resumeJob, suspendJob } from '../world/job-steps.ts';
import { healNodes, scheduleNodeFailure } from '../world/node-failures.ts';
import { endMaintenance, renderPlannedEvent } from '../world/planned-event.ts';
import { abandon } from '../world/rolling-job.ts';
import { catchUp, createWorld, type World } from '../world/world.ts';
import {
  checked,
  type JobChange,
  type NewPlannedEvent,
  type NodeChange,
  type PlannedEventChange,
} from './changes.ts';
import { ControlError } from './control-error.ts';
import {
  type JobState,
  jobState,
  type NodeState,
  nodeState,
  type SimulatorState,
  simulatorState,
} from './state.ts';

/**
 * Changes the simulated world from outside, for tests and the control routes. Every change takes effect at once. A
 * ControlError names the problem of the input.
 */
export interface SimulatorControl {
  state(): SimulatorState;
  /** Changes the settings of the world. Running jobs keep their durations. */
  change(settings: SettingsChange): void;
  /** A job at work on the node goes on, and sets the node's phase when it comes to it. */
  changeNode(name: string, change: NodeChange): NodeState;
  /** Makes every faulty node well. No node stays broken any more. A job goes on with its nodes. Returns their names. */
  heal(): string[];
  changeJob(id: string, change: JobChange): JobState;
  /** Announces maintenance of a node. Returns the event's id. */
  announce(event: NewPlannedEvent): string;
  changePlannedEvent(id: string, change: PlannedEventChange): object;
  /** Returns the fault's id. */
  addFault(fault: FaultInput): string;
  /** Adds a pool of well nodes. `reset` keeps it. */
  addPool(pool: z.input<typeof PoolOptions>): void;
  /** Removes one fault, or all. */
  removeFaults(id?: string): void;
  /** Restores the start: a new world from the same options, no lock, an empty log. */
  reset(): void;
}

export interface ControlledSimulator extends SimulatorControl {
  /** The present world, not caught up. */
  world(): World;
}

const checkPool = (world: World, { match: { pool: wanted } }: Fault): void => {
  const pools = [...world.pools.values()];
  if (wanted === undefined || pools.some(({ id, displayName }) => wanted === id || wanted === displayName))
    return;
  throw new ControlError(
    400,
    `match.pool: no pool ${wanted}; there is ${pools.map((pool) => pool.displayName).join(', ')}`,
  );
};

export const createControl = (
  options: SimulatorOptions,
  now: () => number,
  log: RequestLog,
  keyLock: KeyLock,
): ControlledSimulator => {
  const pools = [...options.pools];
  const start = (): World => {
    const created = createWorld({ ...options, pools }, now);
    for (const fault of options.faults) checkPool(created, fault);
    return created;
  };
  let world = start();
  const current = (): World => {
    catchUp(world);
    return world;
  };

  return {
    world: () => world,
    state: () => simulatorState(current(), log.list()),
    change(change) {
      const { clock, settings, nowMs } = current();
      Object.assign(settings, change);
      if (change.speed !== undefined) clock.setSpeed(change.speed);
      // The failures of a wrong clock must not outlive it.
      if (change.clockDriftSeconds !== undefined) keyLock.open();
      if (change.nodeFailuresPerDay !== undefined) scheduleNodeFailure(world, nowMs);
    },
    changeNode(name, { workload, ...change }) {
      const pool = current()
        .pools.values()
        .find(({ nodes }) => nodes.has(name));
      const node = pool?.nodes.get(name);
      if (pool === undefined || node === undefined) throw new ControlError(404, `no node ${name}`);
      Object.assign(node, change);
      if (workload !== undefined) node.workload = workload ?? undefined;
      return nodeState(node, pool.id);
    },
    heal: () => healNodes(current()),
    changeJob(id, change) {
      const { jobs, agenda, nowMs } = current();
      const job = jobs.find((candidate) => candidate.id === id);
      if (job === undefined) throw new ControlError(404, `no job ${id}`);
      if (job.endedAtMs !== undefined) throw new ControlError(409, `job ${id} has ended: ${job.phase}`);
      if (change.suspend === true) suspendJob(job, nowMs);
      if (change.suspend === false) resumeJob(agenda, job, nowMs);
      if (change.failWith !== undefined) endJob(job, nowMs, 'Failed', change.failWith).forEach(abandon);
      return jobState(job, world);
    },
    announce({ node, type, redeployType: redeployTypes }) {
      const pool = current()
        .pools.values()
        .find(({ nodes }) => nodes.has(node));
      if (pool === undefined) throw new ControlError(404, `no node ${node}`);
      const id = world.random.uuid('planned event', `${node} ${world.plannedEvents.length}`);
      const publishedAtMs = world.nowMs;
      world.plannedEvents.push({
        id,
        type,
        poolId: pool.id,
        node,
        redeployTypes,
        publishedAtMs,
        state: 'inquiring',
      });
      return id;
    },
    changePlannedEvent(id, { state }) {
      const { plannedEvents, nowMs } = current();
      const event = plannedEvents.find((one) => one.id === id);
      if (event === undefined) throw new ControlError(404, `no scheduled event ${id}`);
      if (state === 'completed' || state === 'failed' || state === 'canceled')
        endMaintenance(event, state, nowMs, world);
      else event.state = state;
      if (state === 'executing') event.startedAtMs = nowMs;
      return renderPlannedEvent(event, world);
    },
    addFault(input) {
      const fault = checked(Fault, input);
      checkPool(world, fault);
      return world.faults.add(fault);
    },
    addPool(input) {
      const pool = checked(PoolOptions, input);
      const { pools: present, random, clock } = current();
      const built = buildPool(pool, pools.length, options.nodes, random, clock.realMs());
      if (
        present.values().some(({ id, displayName }) => id === built.id || displayName === built.displayName)
      )
        throw new ControlError(409, `there is a pool ${built.displayName} with the id ${built.id} already`);
      pools.push(pool);
      present.set(built.id, built);
    },
    removeFaults(id) {
      if (id === undefined) world.faults.clear();
      else if (!world.faults.remove(id)) throw new ControlError(404, `no fault ${id}`);
    },
    reset() {
      world = start();
      log.clear();
      keyLock.open();
    },
  };
};
