import type { Agenda } from './agenda.ts';
import type { JobCourse, JobProgress, JobStep, NodeWork } from './job.ts';

/** Plans the steps of jobs. */
export type Steps = Pick<Agenda, 'schedule'>;

/** Plans a step of a job. It moves with a suspension of the job, and is dropped when the job ends. */
const scheduleStep = <N>(agenda: Steps, job: JobProgress<N>, atMs: number, run: JobStep['run']): void => {
  const cancel = agenda.schedule(atMs, (dueMs) => {
    job.steps.delete(step);
    run(dueMs);
  });
  const step: JobStep = { atMs, run, cancel };
  job.steps.add(step);
};

const dropSteps = <N>(job: JobProgress<N>): void => {
  for (const step of job.steps) step.cancel();
  job.steps.clear();
};

const isInWork = <N>({ startedAtMs, endedAtMs }: NodeWork<N>): boolean =>
  startedAtMs !== undefined && endedAtMs === undefined;

/** Ends a job. @returns the nodes with unfinished work: they are broken now. */
export const endJob = <N>(job: JobProgress<N>, atMs: number, phase: string, message: string): N[] => {
  job.endedAtMs = atMs;
  job.phase = phase;
  job.message = message;
  delete job.suspendedAtMs;
  dropSteps(job);
  return job.works.filter(isInWork).map(({ node }) => node);
};

/** Stops a job where it is. A stopped job stays as it is. */
export const suspendJob = <N>(job: JobProgress<N>, atMs: number): void => {
  if (job.suspendedAtMs !== undefined) return;
  job.suspendedAtMs = atMs;
  for (const step of job.steps) step.cancel();
};

/** Resumes a suspended job. Its remaining work takes as long as it would have. */
export const resumeJob = <N>(agenda: Steps, job: JobProgress<N>, atMs: number): void => {
  if (job.suspendedAtMs === undefined) return;
  const pauseMs = atMs - job.suspendedAtMs;
  delete job.suspendedAtMs;
  for (const work of job.works) {
    if (work.startedAtMs !== undefined && isInWork(work)) work.startedAtMs += pauseMs;
  }
  const steps = [...job.steps];
  job.steps.clear();
  for (const step of steps) scheduleStep(agenda, job, step.atMs + pauseMs, step.run);
};

/** The effects of a job on its nodes, and its course. */
export interface RollingWork<N> {
  /** How many of its nodes are in work at any time. */
  readonly maxAtOnce: number;
  readonly course: JobCourse;
  /** The effects on a node at the beginning, late in its time, and at the end. */
  readonly begin: (node: N) => void;
  readonly nearEnd: (node: N) => void;
  readonly finish: (node: N) => void;
  /** The effect of a failure on a node that was still in work. */
  readonly abandon: (node: N) => void;
  /** Right after the job was suspended, and after it ended. */
  readonly suspended?: (atMs: number) => void;
  readonly ended?: () => void;
}

const nearEndShare = 0.8;

/**
 * Runs a job that takes its nodes one after another: `Running` now, and `Success` when its last node is done, unless its course
 * is another one.
 */
export const rollThrough = <N>(
  agenda: Steps,
  job: JobProgress<N>,
  work: RollingWork<N>,
  startMs: number,
): void => {
  const { course, maxAtOnce } = work;
  const at = (atMs: number, run: (dueMs: number) => void): void => scheduleStep(agenda, job, atMs, run);

  const end = (nowMs: number, phase: string, message: string): void => {
    for (const node of endJob(job, nowMs, phase, message)) work.abandon(node);
    work.ended?.();
  };

  const breakOff = (nowMs: number): void => {
    if (course.kind === 'fail') end(nowMs, 'Failed', course.message);
    if (course.kind === 'hang') dropSteps(job);
    if (course.kind !== 'suspend') return;
    suspendJob(job, nowMs);
    work.suspended?.(nowMs);
  };

  /** Once `afterNodes` are finished: halfway to the end of the next node, or now if that is now. */
  const breakOffBeforeNextNode = (nowMs: number, finished: number): void => {
    // A job with fewer nodes breaks off at its last one.
    if (!('afterNodes' in course) || finished !== Math.min(course.afterNodes, job.works.length - 1)) return;
    const leftMs = Math.min(
      ...job.works
        .filter(isInWork)
        .map(({ startedAtMs = nowMs, durationMs }) => startedAtMs + durationMs - nowMs),
    );
    if (leftMs > 0) at(nowMs + leftMs / 2, breakOff);
    else breakOff(nowMs);
  };

  const beginNodes = (nowMs: number): void => {
    const waiting = job.works.filter(({ startedAtMs }) => startedAtMs === undefined);
    for (const nodeWork of waiting.slice(0, maxAtOnce - job.works.filter(isInWork).length)) {
      const { node, durationMs } = nodeWork;
      nodeWork.startedAtMs = nowMs;
      work.begin(node);
      at(nowMs + durationMs * nearEndShare, () => work.nearEnd(node));
      at(nowMs + durationMs, (dueMs) => finishNode(nodeWork, dueMs));
    }
  };

  const finishNode = (nodeWork: NodeWork<N>, nowMs: number): void => {
    nodeWork.endedAtMs = nowMs;
    work.finish(nodeWork.node);
    const finished = job.works.filter(({ endedAtMs }) => endedAtMs !== undefined).length;
    if (finished === job.works.length) {
      end(nowMs, course.kind === 'end-as' ? course.phase : 'Success', '');
      return;
    }
    beginNodes(nowMs);
    breakOffBeforeNextNode(nowMs, finished);
  };

  beginNodes(startMs);
  breakOffBeforeNextNode(startMs, 0);
};

/** Lets a job do the rest of its work at once, as its course says. */
export const hurryJob = <N>(job: JobProgress<N>, nowMs: number): void => {
  while (job.endedAtMs === undefined && job.steps.size > 0) {
    const [next] = [...job.steps].toSorted((a, b) => a.atMs - b.atMs);
    if (!next) return;
    next.cancel();
    job.steps.delete(next);
    next.run(nowMs);
  }
};
