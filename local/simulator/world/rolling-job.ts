import type { FaultSubject } from '../faults/fault-list.ts';
import type { Job, JobCourse } from './job.ts';
import { type RollingWork, rollThrough } from './job-steps.ts';
import type { Node } from './node.ts';
import { NODE_STATES } from './node-state.ts';
import type { Pool } from './pool.ts';
import type { World } from './world.ts';

/** A job that takes nodes of a pool one after another. */
interface PoolWork extends Pick<RollingWork<Node>, 'maxAtOnce' | 'begin' | 'nearEnd'> {
  readonly type: string;
  readonly pool: Pool;
  readonly nodes: readonly Node[];
  /** The request body. */
  readonly inputs: unknown;
}

const courseOf = (world: World, subject: FaultSubject): JobCourse => {
  const fault = world.faults.take(['failed-job', 'suspended-job', 'unknown-job-phase'], subject);
  if (fault === undefined) return { kind: 'succeed' };
  if (fault.kind === 'unknown-job-phase') return { kind: 'end-as', phase: fault.phase };
  if (fault.kind === 'suspended-job') return { kind: 'suspend', afterNodes: fault.afterNodes };
  return { kind: 'fail', afterNodes: fault.afterNodes, message: fault.message };
};

const createJob = (world: World, work: PoolWork, subject: FaultSubject): Job => {
  const number = world.jobs.length + 1;
  const { jobDurationSeconds, jobDurationJitter } = world.settings;
  const hidden = world.faults.take(['hidden-job'], subject);
  return {
    // The start is part of the key, so that two runs of the simulator give different jobs different ids.
    id: world.random.uuid('job', number, world.clock.toRealMs(world.nowMs)),
    name: `${work.type}-${number}`,
    type: work.type,
    poolId: work.pool.id,
    inputs: JSON.stringify(work.inputs),
    startedAtMs: world.nowMs,
    works: work.nodes.map((node) => ({
      node,
      durationMs:
        jobDurationSeconds * 1000 * world.random.lognormal(jobDurationJitter, 'duration', number, node.name),
    })),
    hidden: { untilMs: world.nowMs + (hidden?.forSeconds ?? 0) * 1000, from: hidden?.from ?? 'list' },
    phase: 'Running',
    message: '',
    steps: new Set(),
  };
};

/** The end of a job's work on a node: it is well, or broken if it stays so. */
const bringUp = (world: World, node: Node, subject: FaultSubject): void => {
  const broken = node.staysBroken || world.faults.take(['stays-broken'], { ...subject, nodes: [node.name] });
  Object.assign(node, broken ? NODE_STATES.broken : NODE_STATES.well);
};

/** The job failed during its work on the node: the node is broken. Its driver stays as it is. */
export const abandon = (node: Node): void => {
  node.phase = NODE_STATES.broken.phase;
};

/** Starts the job now. It goes on as `rollThrough` says; the faults give it another course. */
export const startRollingJob = (world: World, work: PoolWork, subject: FaultSubject): Job => {
  const job = createJob(world, work, subject);
  const course = courseOf(world, subject);
  world.jobs.push(job);
  const finish = (node: Node): void => bringUp(world, node, subject);
  rollThrough(world.agenda, job, { ...work, course, finish, abandon }, world.nowMs);
  return job;
};
