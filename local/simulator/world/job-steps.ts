import type { Agenda } from './agenda.ts';
import type { Job, JobStep } from './job.ts';

/** Plans a step of a job. It moves with a suspension of the job, and is dropped when the job ends. */
export const scheduleStep = (agenda: Agenda, job: Job, atMs: number, run: JobStep['run']): void => {
  const cancel = agenda.schedule(atMs, (dueMs) => {
    job.steps.delete(step);
    run(dueMs);
  });
  const step: JobStep = { atMs, run, cancel };
  job.steps.add(step);
};

/** Ends a job. Nodes with unfinished work end `Abnormal`. */
export const endJob = (job: Job, atMs: number, phase: string, message: string): void => {
  job.endedAtMs = atMs;
  job.phase = phase;
  job.message = message;
  delete job.suspendedAtMs;
  for (const step of job.steps) step.cancel();
  job.steps.clear();
  for (const { node, startedAtMs, endedAtMs } of job.works) {
    if (startedAtMs !== undefined && endedAtMs === undefined) node.phase = 'Abnormal';
  }
};

/** Stops a job where it is. A stopped job stays as it is. */
export const suspendJob = (job: Job, atMs: number): void => {
  if (job.suspendedAtMs !== undefined) return;
  job.suspendedAtMs = atMs;
  for (const step of job.steps) step.cancel();
};

/** Resumes a suspended job. Its remaining work takes as long as it would have. */
export const resumeJob = (agenda: Agenda, job: Job, atMs: number): void => {
  if (job.suspendedAtMs === undefined) return;
  const pauseMs = atMs - job.suspendedAtMs;
  delete job.suspendedAtMs;
  for (const work of job.works) {
    if (work.startedAtMs !== undefined && work.endedAtMs === undefined) work.startedAtMs += pauseMs;
  }
  const steps = [...job.steps];
  job.steps.clear();
  for (const step of steps) scheduleStep(agenda, job, step.atMs + pauseMs, step.run);
};
