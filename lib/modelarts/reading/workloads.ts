import { inTurn } from '#lib/concurrency';
import type { ModelArtsClient, SendOptions } from '#lib/modelarts/client/client';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { listWorkloads } from '#lib/modelarts/endpoints/list-workloads';
import { showWorkloadStatistics } from '#lib/modelarts/endpoints/show-workload-statistics';
import type { Listing } from '#lib/modelarts/replies/listing';
import {
  WORKLOAD_STATUSES,
  WORKLOAD_TYPES,
  type Workload,
  type WorkloadStatus,
  type WorkloadType,
} from '#lib/modelarts/replies/workload';
import type { WorkloadStatistics } from '#lib/modelarts/replies/workload-statistics';
import { readByOffset } from './read.ts';

type Reader = Pick<ModelArtsClient, 'send'>;

/**
 * Every running or waiting workload of a pool. The page does not say what the list contains without a kind and a status. While
 * that list shows only one kind, or one status, other proof is needed for each kind: counts of the API that agree with the list, or
 * else a list of each kind and status that can hold a node.
 *
 * @param pool the pool's id
 * @throws ModelArtsError the client's errors, and `reply-unexpected` if fewer came than the API counts, or the list has no
 * end.
 */
export async function readAllWorkloads(
  client: Reader,
  pool: string,
  options?: SendOptions,
): Promise<Listing<Workload>> {
  const whole = await readListedWorkloads(client, pool, options);
  const missing = missingFrom(whole.items);
  const byKind = missing.some(({ type }) => type !== undefined);
  const { kinds } = byKind ? await readStatistics(client, pool, options) : NO_COUNTS;
  const confirmed = WORKLOAD_TYPES.filter((type) => isConfirmed(type, whole, kinds));
  const asked = missing.filter(({ type }) => type === undefined || !confirmed.includes(type));
  const lists = await inTurn(asked, LISTS_AT_ONCE, async (filter) => {
    try {
      return { filter, list: await readWorkloads(client, pool, filter, options) };
    } catch (error) {
      if (filter.type !== YOUNGEST_TYPE || !(error instanceof ModelArtsError) || error.status !== 400)
        throw error;
      return { filter, error };
    }
  });
  const refused = lists.flatMap(({ error }) => error ?? []);
  const youngest = lists.filter(({ filter }) => filter.type === YOUNGEST_TYPE);
  // Some regions do not know the kind. A region that knows it for some statuses has only failed.
  if (refused[0] && refused.length < youngest.length) throw refused[0];
  return joined([whole, ...lists.flatMap(({ list }) => list ?? [])]);
}

/** The list of workloads without a kind and a status: it may be of one kind or status alone. Throws as `readAllWorkloads`. */
export function readListedWorkloads(
  client: Reader,
  pool: string,
  options?: SendOptions,
): Promise<Listing<Workload>> {
  return readWorkloads(client, pool, {}, options);
}

/** Every workload of several lists, each once. */
export function joined(lists: readonly Listing<Workload>[]): Listing<Workload> {
  const items = lists.flatMap((list) => list.items);
  const distinct = new Map(items.map((item) => [JSON.stringify(item), item]));
  return { items: [...distinct.values()], unreadable: lists.flatMap(({ unreadable }) => unreadable) };
}

type WorkloadFilter = { type?: WorkloadType; status?: WorkloadStatus };

/** An evaluation waits for these requests, and the API limits their rate. */
const LISTS_AT_ONCE = 5;

/** The pages of some regions have only the other kinds (docs/design/modelarts-api.md 3.6). */
const YOUNGEST_TYPE: WorkloadType = 'x-infer';

/** A queued workload has no node yet, and a finished one has none any more. */
const ON_NODES: readonly WorkloadStatus[] = ['Running', 'Creating', 'Abnormal', 'Terminating', 'Pending'];

/** The statuses of workloads without a node. */
const OFF_NODES: readonly string[] = WORKLOAD_STATUSES.filter((status) => !ON_NODES.includes(status));

/** The parts that a list without filters may omit, as far as it shows: two kinds in it prove that it is not limited to one. */
function missingFrom(items: readonly Workload[]): WorkloadFilter[] {
  const types = WORKLOAD_TYPES.filter((type) => items.some((item) => item.type === type));
  const statuses = WORKLOAD_STATUSES.filter((status) => items.some((item) => item.status === status));
  const byType = types.length > 1 ? [{}] : WORKLOAD_TYPES.map((type) => ({ type }));
  const byStatus = statuses.length > 1 ? [{}] : ON_NODES.map((status) => ({ status }));
  const filters = byType.flatMap((type) => byStatus.map((status) => ({ ...type, ...status })));
  return filters.filter((filter) => Object.keys(filter).length > 0);
}

const NO_COUNTS: WorkloadStatistics = { kinds: [] };

/** The API's counts. They only spare other lists: without them, each kind is listed. */
async function readStatistics(
  client: Reader,
  pool: string,
  options?: SendOptions,
): Promise<WorkloadStatistics> {
  try {
    return await client.send(showWorkloadStatistics, { path: { pool_name: pool }, query: {} }, options);
  } catch (error) {
    if (error instanceof ModelArtsError) return NO_COUNTS;
    throw error;
  }
}

/**
 * Whether the API's counts say that the list has all workloads of a kind that hold nodes. A count that is not there is no 0: an answer
 * with less in it confirms less.
 */
function isConfirmed(
  type: WorkloadType,
  { items, unreadable }: Listing<Workload>,
  kinds: WorkloadStatistics['kinds'],
): boolean {
  const [own, ...others] = kinds.filter((kind) => kind.type === type);
  if (!own || others.length > 0 || unreadable.length > 0) return false;
  const words = Object.keys(own.counts).filter((word) => !OFF_NODES.includes(word));
  return [...new Set([...ON_NODES, ...words])].every(
    (status) =>
      own.counts[status] === items.filter((item) => item.type === type && item.status === status).length,
  );
}

function readWorkloads(
  client: Reader,
  pool: string,
  filter: WorkloadFilter,
  options?: SendOptions,
): Promise<Listing<Workload>> {
  return readByOffset<Workload>({
    endpoint: listWorkloads,
    nameOf: (workload) => JSON.stringify(workload),
    endsWithShortPage: true,
    async readPage(window) {
      const input = { path: { pool_name: pool }, query: { ...window, ...filter } };
      const { count, workloads, unreadable } = await client.send(listWorkloads, input, options);
      return { count, items: workloads, unreadable };
    },
  });
}
