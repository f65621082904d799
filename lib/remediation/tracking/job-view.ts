import type { PoolJob } from '#lib/modelarts/replies/pool-job';

/**
 * The state of a job. `suspended` and `unknown` (a phase that this version does not know, or an empty one) are separate states:
 * neither running nor over. `missing`: the list of jobs does not have it.
 *
 * Source: docs/design/modelarts-api.md, 1.1: `Running · Success · Failed`, and a flag `suspend`.
 */
export type JobView =
  | { kind: 'running' }
  | { kind: 'suspended' }
  | { kind: 'unknown'; phase: string }
  | { kind: 'missing' }
  | { kind: 'succeeded'; endedAtMs: number | undefined }
  | { kind: 'failed'; message: string };

export function viewJob(job: PoolJob | undefined): JobView {
  if (!job) return { kind: 'missing' };
  if (job.phase === 'Success') return { kind: 'succeeded', endedAtMs: job.endedAtMs };
  if (job.phase === 'Failed') return { kind: 'failed', message: job.message || 'the API gives no reason' };
  if (job.suspended) return { kind: 'suspended' };
  if (job.phase === 'Running') return { kind: 'running' };
  return { kind: 'unknown', phase: job.phase };
}
