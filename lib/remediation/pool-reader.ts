import type { Invocation } from '#lib/handler/invocation';
import type { ModelArtsClient } from '#lib/modelarts/client';
import { listNodePools } from '#lib/modelarts/endpoints/list-node-pools';
import { showJob } from '#lib/modelarts/endpoints/show-job';
import { showNodePool } from '#lib/modelarts/endpoints/show-node-pool';
import { ModelArtsError } from '#lib/modelarts/errors';
import { listAllJobs, listAllPoolNodes } from '#lib/modelarts/read';
import type { NodePool } from '#lib/modelarts/replies/node-pool';
import type { PoolJob } from '#lib/modelarts/replies/pool-job';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { isUnknownNodePool } from '#lib/modelarts/unknown-node-pool';

/** Reads one pool for one look, each list at most once and only if asked for. Undefined: it could not be read. */
export type PoolReader = {
  jobs(): Promise<readonly PoolJob[] | undefined>;
  /** Of this pool, or of another. */
  nodes(pool?: string): Promise<readonly PoolNode[] | undefined>;
  nodePools(): Promise<readonly NodePool[] | undefined>;
  /** Whether the API says that the pool has no such node pool; false also where it says nothing. */
  isUnknownNodePool(name: string): Promise<boolean>;
  /** The job by its own path, which no page documents: whatever it answers but a job counts as not known. */
  job(jobId: string): Promise<PoolJob | undefined>;
};

/** @param sinceMs jobs older than this are not asked for, epoch milliseconds. */
export function createPoolReader(
  client: ModelArtsClient,
  { pool, sinceMs }: { pool: string; sinceMs: number },
  { deadlineMs, signal, log }: Invocation,
): PoolReader {
  const options = { deadlineMs, signal };

  async function readable<Value>(read: () => Promise<Value>, told: boolean): Promise<Value | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ModelArtsError)) throw error;
      if (told) log.warn('the API could not be read; the next look is the next try', { error });
      return undefined;
    }
  }

  const nodesOf = new Map<string, Promise<readonly PoolNode[] | undefined>>();
  let jobs: Promise<readonly PoolJob[] | undefined> | undefined;
  let nodePools: Promise<readonly NodePool[] | undefined> | undefined;

  return {
    jobs: () =>
      (jobs ??= readable(() => Array.fromAsync(listAllJobs(client, { pool, sinceMs }, options)), true)),
    nodes(of = pool) {
      const known = nodesOf.get(of);
      if (known) return known;
      const read = readable(() => Array.fromAsync(listAllPoolNodes(client, of, options)), true);
      nodesOf.set(of, read);
      return read;
    },
    nodePools: () =>
      (nodePools ??= readable(
        async () => (await client.send(listNodePools, { path: { pool_name: pool } }, options)).nodePools,
        true,
      )),
    async isUnknownNodePool(name) {
      try {
        await client.send(showNodePool, { path: { pool_name: pool, nodepool_name: name } }, options);
        return false;
      } catch (error) {
        if (!(error instanceof ModelArtsError)) throw error;
        return isUnknownNodePool(error);
      }
    },
    job: (jobId) => readable(() => client.send(showJob, { path: { job_id: jobId } }, options), false),
  };
}
