import type { ModelArtsClient, SendOptions } from './client.ts';
import { listJobs } from './endpoints/list-jobs.ts';
import { listPoolNodes } from './endpoints/list-pool-nodes.ts';
import { listWorkloads } from './endpoints/list-workloads.ts';
import type { PoolJob } from './replies/pool-job.ts';
import type { PoolNode } from './replies/pool-node.ts';
import type { Workload } from './replies/workload.ts';

type Reader = Pick<ModelArtsClient, 'send'>;

/** The largest page that the API gives of any list. */
const PAGE_SIZE = 500;

/**
 * Every node of a pool, each once, read page by page as it is asked for. Ends when the API gives no further token, or one
 * that it gave before: it is known to pass over `continue` and to answer with all nodes again (docs/modelarts-api.md 2.1).
 *
 * @param pool the pool's id
 */
export async function* listAllPoolNodes(
  client: Reader,
  pool: string,
  options?: SendOptions,
): AsyncGenerator<PoolNode> {
  const names = new Set<string>();
  const tokens = new Set<string>();
  let token: string | undefined;
  do {
    const query = { limit: PAGE_SIZE, continue: token };
    const page = await client.send(listPoolNodes, { path: { pool_name: pool }, query }, options);
    for (const node of page.nodes) {
      if (names.has(node.name)) continue;
      names.add(node.name);
      yield node;
    }
    token =
      page.continueToken !== undefined && tokens.has(page.continueToken) ? undefined : page.continueToken;
    if (token !== undefined) tokens.add(token);
  } while (token !== undefined);
}

/**
 * Every job of a pool that began in `sinceMs` or later, each once, of whatever type. Ends when as many came as the API
 * counts, or when a page holds nothing new.
 *
 * @param pool the pool's id
 * @param sinceMs milliseconds since the epoch
 */
export async function* listAllJobs(
  client: Reader,
  { pool, sinceMs }: { pool: string; sinceMs: number },
  options?: SendOptions,
): AsyncGenerator<PoolJob> {
  const ids = new Set<string>();
  let offset = 0;
  for (;;) {
    const query = { resource: 'pools' as const, name: pool, since: sinceMs, limit: PAGE_SIZE, offset };
    const { count, jobs } = await client.send(listJobs, { query }, options);
    const fresh = jobs.filter(({ jobId }) => !ids.has(jobId));
    for (const job of fresh) ids.add(job.jobId);
    yield* fresh;
    offset += jobs.length;
    if (fresh.length === 0 || (count !== undefined && offset >= count)) return;
  }
}

/**
 * Everything that runs or waits on a pool. Ends at the first page that is not full, as Huawei's own caller does.
 *
 * @param pool the pool's id
 */
export async function* listAllWorkloads(
  client: Reader,
  pool: string,
  options?: SendOptions,
): AsyncGenerator<Workload> {
  let offset = 0;
  for (;;) {
    const query = { limit: PAGE_SIZE, offset };
    const { count, workloads } = await client.send(
      listWorkloads,
      { path: { pool_id: pool }, query },
      options,
    );
    yield* workloads;
    offset += workloads.length;
    const more = count === undefined ? workloads.length >= PAGE_SIZE : workloads.length > 0 && offset < count;
    if (!more) return;
  }
}
