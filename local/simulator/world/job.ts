import type { Node } from './node.ts';
import type { SimulatedClock } from './simulated-clock.ts';

/** The course of a job. `hang`: it says that it runs, and does nothing more. */
export type JobCourse =
  | { readonly kind: 'succeed' }
  | { readonly kind: 'end-as'; readonly phase: string }
  | { readonly kind: 'fail'; readonly afterNodes: number; readonly message: string }
  | { readonly kind: 'suspend' | 'hang'; readonly afterNodes: number };

/** A job's work on one node. Times are simulated. */
export interface NodeWork<N = Node> {
  readonly node: N;
  readonly durationMs: number;
  startedAtMs?: number;
  endedAtMs?: number;
}

/** The next steps of a job, and the functions that cancel them. */
export interface JobStep {
  readonly atMs: number;
  readonly run: (atMs: number) => void;
  readonly cancel: () => void;
}

/** How far a job has come with its nodes. */
export interface JobProgress<N = Node> {
  readonly startedAtMs: number;
  readonly works: readonly NodeWork<N>[];
  phase: string;
  message: string;
  endedAtMs?: number;
  suspendedAtMs?: number;
  /** Its events on the agenda; during a suspension, its former ones. */
  readonly steps: Set<JobStep>;
}

export interface Job extends JobProgress {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly poolId: string;
  /** The request body that started it, as JSON. */
  readonly inputs: string;
  readonly hidden: { readonly untilMs: number; readonly from: 'list' | 'everywhere' };
}

/** The finished share of the work on a node, 0 to 1. */
export const workProgress = (work: NodeWork, job: Job, nowMs: number): number => {
  if (work.startedAtMs === undefined) return 0;
  if (work.endedAtMs !== undefined) return 1;
  const untilMs = Math.min(nowMs, job.endedAtMs ?? nowMs, job.suspendedAtMs ?? nowMs);
  return Math.min(1, Math.max(0, (untilMs - work.startedAtMs) / work.durationMs));
};

/** The finished share of the job's work, 0 to 1; every node counts the same. */
export const jobProgress = (job: Job, nowMs: number): number =>
  job.works.reduce((sum, work) => sum + workProgress(work, job, nowMs), 0) / job.works.length;

/**
 * The job as `GET /v2/{project_id}/jobs` shows it (docs/design/modelarts-api.md 1.1): the three structured fields are typed String, and
 * `endTimestamp` is there only when it has ended. Time stamps are real.
 */
export const renderJob = (job: Job, clock: SimulatedClock) => ({
  jobId: job.id,
  jobName: job.name,
  type: job.type,
  phase: job.phase,
  suspend: job.suspendedAtMs !== undefined,
  startTimestamp: clock.toRealMs(job.startedAtMs),
  ...(job.endedAtMs !== undefined && { endTimestamp: clock.toRealMs(job.endedAtMs) }),
  involvedObjects: JSON.stringify([{ kind: 'pools', name: job.poolId }]),
  inputs: job.inputs,
  conditions: JSON.stringify([{ type: job.phase, message: job.message }]),
  message: job.message,
});
