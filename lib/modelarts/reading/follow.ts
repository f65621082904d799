import { showJob } from '#lib/modelarts/endpoints/show-job';
import type { PoolJob } from '#lib/modelarts/replies/pool-job';
import { ifReadable, list, type PoolReader } from './pool-reader.ts';
import { readAllJobs } from './read.ts';

export const jobsOf = list('jobs', ({ client, jobsSinceMs: sinceMs = 0, options }, pool) =>
  readAllJobs(client, { pool, sinceMs }, options),
);

/** The job by its own path, which no page documents: any answer but a job counts as not known. */
export function jobById({ client, options }: PoolReader, jobId: string): Promise<PoolJob | undefined> {
  return ifReadable({}, () => client.send(showJob, { path: { job_id: jobId } }, options));
}
