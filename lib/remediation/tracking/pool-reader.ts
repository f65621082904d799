import type { Invocation } from '#lib/handler/invocation';
import type { ModelArtsClient } from '#lib/modelarts/client/client';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { showJob } from '#lib/modelarts/endpoints/show-job';
import { showNodePool } from '#lib/modelarts/endpoints/show-node-pool';
import { readAllJobs, readAllNodePools, readAllNodes } from '#lib/modelarts/reading/read';
import { isUnknownNodePool } from '#lib/modelarts/reading/unknown-node-pool';
import type { Listing } from '#lib/modelarts/replies/listing';
import type { NodePool } from '#lib/modelarts/replies/node-pool';
import type { PoolJob } from '#lib/modelarts/replies/pool-job';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';

/** Reads one pool for one look, each list at most once and only if asked for. Undefined: it could not be read, or not as a whole. */
export type PoolReader = {
  jobs(): Promise<Listing<PoolJob> | undefined>;
  /** Of this pool, or of another. */
  nodes(pool?: string): Promise<Listing<PoolNode> | undefined>;
  nodePools(): Promise<Listing<NodePool> | undefined>;
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

  async function list<Item>(
    what: string,
    of: string,
    read: () => Promise<Listing<Item>>,
  ): Promise<Listing<Item> | undefined> {
    const listing = await readable(read, true);
    if (listing && listing.unreadable.length > 0)
      log.warn('entries of a list cannot be read, and are passed over', {
        pool: of,
        list: what,
        entries: listing.unreadable.slice(0, MAX_TOLD),
      });
    return listing;
  }

  const nodesOf = new Map<string, Promise<Listing<PoolNode> | undefined>>();
  let jobs: Promise<Listing<PoolJob> | undefined> | undefined;
  let nodePools: Promise<Listing<NodePool> | undefined> | undefined;

  return {
    jobs: () => (jobs ??= list('jobs', pool, () => readAllJobs(client, { pool, sinceMs }, options))),
    nodes(of = pool) {
      const known = nodesOf.get(of);
      if (known) return known;
      const read = list('nodes', of, () => readAllNodes(client, of, options));
      nodesOf.set(of, read);
      return read;
    },
    nodePools: () => (nodePools ??= list('node pools', pool, () => readAllNodePools(client, pool, options))),
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

/** As many entries that cannot be read are named in the log. */
const MAX_TOLD = 10;
