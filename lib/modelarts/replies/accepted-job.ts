import * as z from 'zod';
import { TolerantText } from './tolerant.ts';

/**
 * The answer of batch-reset and batch-migrate: `job_id` on their pages, `jobId` elsewhere (docs/design/modelarts-api.md 10, row 26).
 */
export const AcceptedJob = z
  .looseObject({ job_id: TolerantText, jobId: TolerantText })
  .transform(({ job_id, jobId = job_id }, context) => {
    // `listJobs` or `showJob` follow it.
    if (jobId !== undefined) return { jobId };
    context.addIssue({ code: 'custom', path: ['job_id'], message: 'is missing' });
    return z.NEVER;
  });
