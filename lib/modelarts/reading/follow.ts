import { ModelArtsError } from '#lib/modelarts/client/errors';
import { showJob } from '#lib/modelarts/endpoints/show-job';
import { showNodePool } from '#lib/modelarts/endpoints/show-node-pool';
import type { NodePool } from '#lib/modelarts/replies/node-pool';
import type { PoolJob } from '#lib/modelarts/replies/pool-job';
import { ifReadable, list, type PoolReader } from './pool-reader.ts';
import { readAllJobs } from './read.ts';
import { isUnknownNodePool } from './unknown-node-pool.ts';

export const jobsOf = list('jobs', ({ client, jobsSinceMs: sinceMs = 0, options }, pool) =>
  readAllJobs(client, { pool, sinceMs }, options),
);

/** The job by its own path, which no page documents: any answer but a job counts as not known. */
export function jobById({ client, options }: PoolReader, jobId: string): Promise<PoolJob | undefined> {
  return ifReadable({}, () => client.send(showJob, { path: { job_id: jobId } }, options));
}

/** The API's answer about one node pool: its state, or that the pool has none of this name. Undefined: it says neither. */
export async function nodePoolByName(
  { client, pool, options }: PoolReader,
  name: string,
): Promise<NodePool | 'none' | undefined> {
  try {
    const path = { pool_name: pool, nodepool_name: name };
    return { ...(await client.send(showNodePool, { path }, options)), name };
  } catch (error) {
    if (error instanceof ModelArtsError) return isUnknownNodePool(error) ? 'none' : undefined;
    throw error;
  }
}
