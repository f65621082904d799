import type { FaultSubject } from '../faults/fault-list.ts';
import type { Job, JobCourse, NodeWork } from './job.ts';
import { endJob, scheduleStep, suspendJob } from './job-steps.ts';
import type { Node } from './node.ts';
import type { Pool } from './pool.ts';
import type { World } from './world.ts';

/** A job that takes its nodes one after another, at most `maxAtOnce` at a time. */
export interface RollingWork {
  readonly type: string;
  readonly pool: Pool;
  readonly nodes: readonly Node[];
  readonly maxAtOnce: number;
  /** The request body. */
  readonly inputs: unknown;
  /** The effects on a node at the beginning, late in its time, and at the end. */
  readonly begin: (node: Node) => void;
  readonly nearEnd: (node: Node) => void;
  readonly finish: (node: Node) => void;
}

const nearEndShare = 0.8;

const courseOf = (world: World, subject: FaultSubject): JobCourse => {
  const fault = world.faults.take(['failed-job', 'suspended-job', 'unknown-job-phase'], subject);
  if (fault === undefined) return { kind: 'succeed' };
  if (fault.kind === 'unknown-job-phase') return { kind: 'end-as', phase: fault.phase };
  if (fault.kind === 'suspended-job') return { kind: 'suspend', afterNodes: fault.afterNodes };
  return { kind: 'fail', afterNodes: fault.afterNodes, message: fault.message };
};

const createJob = (world: World, work: RollingWork, subject: FaultSubject): Job => {
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

/**
 * Starts the job now: `Running` at once, and `Success` when its last node is done, unless a fault says otherwise. At most
 * `maxAtOnce` of its nodes are in work at any time.
 */
export const startRollingJob = (world: World, work: RollingWork, subject: FaultSubject): Job => {
  const job = createJob(world, work, subject);
  const course = courseOf(world, subject);
  world.jobs.push(job);
  const at = (atMs: number, run: (dueMs: number) => void): void => scheduleStep(world.agenda, job, atMs, run);

  const nodesInWork = (): NodeWork[] =>
    job.works.filter((other) => other.startedAtMs !== undefined && other.endedAtMs === undefined);

  const breakOff = (nowMs: number): void => {
    if (course.kind === 'fail') endJob(job, nowMs, 'Failed', course.message);
    if (course.kind === 'suspend') suspendJob(job, nowMs);
  };

  /** Once `afterNodes` are finished: halfway to the end of the next node, or now if that is now. */
  const breakOffBeforeNextNode = (nowMs: number, finished: number): void => {
    // A job with fewer nodes breaks off at its last one.
    if (!('afterNodes' in course) || finished !== Math.min(course.afterNodes, job.works.length - 1)) return;
    const leftMs = Math.min(
      ...nodesInWork().map((other) => (other.startedAtMs ?? nowMs) + other.durationMs - nowMs),
    );
    if (leftMs > 0) at(nowMs + leftMs / 2, breakOff);
    else breakOff(nowMs);
  };

  const beginNodes = (nowMs: number): void => {
    const waiting = job.works.filter((other) => other.startedAtMs === undefined);
    for (const nodeWork of waiting.slice(0, work.maxAtOnce - nodesInWork().length)) {
      nodeWork.startedAtMs = nowMs;
      work.begin(nodeWork.node);
      at(nowMs + nodeWork.durationMs * nearEndShare, () => work.nearEnd(nodeWork.node));
      at(nowMs + nodeWork.durationMs, (dueMs) => finishNode(nodeWork, dueMs));
    }
  };

  const finishNode = (nodeWork: NodeWork, nowMs: number): void => {
    nodeWork.endedAtMs = nowMs;
    work.finish(nodeWork.node);
    const finished = job.works.filter((other) => other.endedAtMs !== undefined).length;
    if (finished === job.works.length) {
      endJob(job, nowMs, course.kind === 'end-as' ? course.phase : 'Success', '');
      return;
    }
    beginNodes(nowMs);
    breakOffBeforeNextNode(nowMs, finished);
  };

  beginNodes(world.nowMs);
  breakOffBeforeNextNode(world.nowMs, 0);
  return job;
};
