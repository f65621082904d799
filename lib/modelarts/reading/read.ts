import { MAX_PAGES } from '#lib/bounds';
import type { ModelArtsClient, SendOptions } from '#lib/modelarts/client/client';
import type { Endpoint } from '#lib/modelarts/client/endpoint';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { listJobs } from '#lib/modelarts/endpoints/list-jobs';
import { listNodePools } from '#lib/modelarts/endpoints/list-node-pools';
import { listPoolNodes } from '#lib/modelarts/endpoints/list-pool-nodes';
import { showPool } from '#lib/modelarts/endpoints/show-pool';
import type { Listing, Unreadable } from '#lib/modelarts/replies/listing';
import type { NodePool } from '#lib/modelarts/replies/node-pool';
import type { PoolJob } from '#lib/modelarts/replies/pool-job';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { mergeEntries, mergeNodes } from './merge-entries.ts';

/** A part of a list is no list: it may lack anything. */
function incomplete({ name, method, path, idempotent }: Endpoint, reason: string): ModelArtsError {
  return new ModelArtsError({
    endpoint: { name, method, idempotent },
    path,
    outcome: 'unknown',
    transient: true,
    code: 'reply-unexpected',
    reason: `the list is not whole: ${reason}`,
  });
}

type Reader = Pick<ModelArtsClient, 'send'>;

/** The largest page size of all lists. */
const PAGE_SIZE = 500;

/**
 * Whether a pool says by its own name that it has no node: it runs, and counts none in any state. An answer without counts, or
 * with an unreadable field, decides nothing.
 *
 * @throws ModelArtsError the client's errors
 */
export async function saysEmpty(client: Reader, pool: string, options?: SendOptions): Promise<boolean> {
  const { phase, nodeCounts, unreadable } = await client.send(
    showPool,
    { path: { pool_name: pool } },
    options,
  );
  if (phase !== 'Running' || !nodeCounts || unreadable) return false;
  return Object.values(nodeCounts).every((count) => count === 0);
}

/**
 * Every node of a pool, each once, over all pages for which the API gives tokens. An empty page behind the last one
 * ends the list, too. Some APIs ignore `continue` and `limit` and answer with all nodes each time
 * (docs/design/modelarts-api.md 2.1): if such an API begins again and says that no node is left, the list ends. If it does not
 * say so, it may repeat the same part endlessly.
 *
 * @param pool the pool's id
 * @throws ModelArtsError the client's errors, and `reply-unexpected` if the list does not become whole: tokens that
 * repeat or never end, or no token although nodes are left.
 */
export async function readAllNodes(
  client: Reader,
  pool: string,
  options?: SendOptions,
): Promise<Listing<PoolNode>> {
  const nodes: PoolNode[] = [];
  const unreadable: Unreadable[] = [];
  const names = new Set<string>();
  const tokens = new Set<string>();
  let token: string | undefined;
  let left = 0;
  for (let number = 1; number <= MAX_PAGES; number += 1) {
    const query = { limit: PAGE_SIZE, continue: token };
    const page = await client.send(listPoolNodes, { path: { pool_name: pool }, query }, options);
    const next = page.continueToken;
    const isNew = page.nodes.some(({ name }) => !names.has(name)) || page.unreadable.length > 0;
    const isEmpty = page.nodes.length === 0 && page.unreadable.length === 0;
    if (number > 1 && isEmpty && next === undefined && left === 0 && (page.remaining ?? 0) === 0)
      return { items: mergeNodes(nodes), unreadable };
    if (number > 1 && !isNew) {
      const all = new Set(page.nodes.map(({ name }) => name));
      const beginsAgain = names.isSubsetOf(all) && page.remaining === 0;
      if (!beginsAgain || (next !== undefined && next !== token))
        throw incomplete(listPoolNodes, 'a page had no new entry, although more were announced');
      return { items: mergeNodes([...nodes, ...page.nodes]), unreadable };
    }
    nodes.push(...page.nodes);
    unreadable.push(...page.unreadable);
    if (next === undefined) {
      if ((page.remaining ?? 0) > 0)
        throw incomplete(listPoolNodes, `${page.remaining} nodes are left, and no token leads to them`);
      return { items: mergeNodes(nodes), unreadable };
    }
    for (const { name } of page.nodes) names.add(name);
    left = page.remaining ?? 0;
    if (tokens.has(next))
      throw incomplete(listPoolNodes, 'the token for the next page repeats an earlier one');
    tokens.add(next);
    token = next;
  }
  throw incomplete(listPoolNodes, `it has more than ${MAX_PAGES} pages`);
}

/**
 * Every job of a pool that began at `sinceMs` or later, each once, of any type. The list ends at the API's own count,
 * or without a count at a page that is not full or has nothing new.
 *
 * @param pool the pool's id
 * @param sinceMs milliseconds since the epoch
 * @throws ModelArtsError the client's errors, and `reply-unexpected` if fewer came than the API counts, or the list has
 * no end.
 */
export async function readAllJobs(
  client: Reader,
  { pool, sinceMs }: { pool: string; sinceMs: number },
  options?: SendOptions,
): Promise<Listing<PoolJob>> {
  const base = { resource: 'pools' as const, name: pool, since: sinceMs };
  const listing = await readByOffset<PoolJob>({
    endpoint: listJobs,
    nameOf: ({ jobId }) => jobId,
    endsWithShortPage: false,
    async readPage(window) {
      const query = { ...base, ...window };
      const { count, jobs, unreadable } = await client.send(listJobs, { query }, options);
      return { count, items: jobs, unreadable };
    },
  });
  return mergeEntries(listing, ({ jobId }) => jobId);
}

/** Every node pool of a pool, each once. The list has no pages. Throws the client's errors. */
export async function readAllNodePools(
  client: Reader,
  pool: string,
  options?: SendOptions,
): Promise<Listing<NodePool>> {
  const { nodePools, unreadable } = await client.send(listNodePools, { path: { pool_name: pool } }, options);
  return mergeEntries({ items: nodePools, unreadable }, ({ name }) => name);
}

type OffsetPage<Item> = {
  count?: number | undefined;
  items: readonly Item[];
  unreadable?: readonly Unreadable[] | undefined;
};

export type OffsetList<Item> = {
  endpoint: Endpoint;
  nameOf: (item: Item) => string;
  /** Whether a page that is not full is the last one, if the API gives no count. */
  endsWithShortPage: boolean;
  readPage: (window: { limit: number; offset: number }) => Promise<OffsetPage<Item>>;
  /** The size of a full page. @default 500 */
  pageSize?: number;
};

/**
 * Every entry of a list with an offset.
 *
 * @throws ModelArtsError the client's errors, and `reply-unexpected` if fewer came than the API counts, or the list has no end.
 */
export async function readByOffset<Item>(list: OffsetList<Item>): Promise<Listing<Item>> {
  const { endpoint, nameOf, endsWithShortPage, readPage, pageSize = PAGE_SIZE } = list;
  const items: Item[] = [];
  const unreadable: Unreadable[] = [];
  const known = new Set<string>();
  let offset = 0;
  for (let number = 1; number <= MAX_PAGES; number += 1) {
    const page = await readPage({ limit: pageSize, offset });
    const odd = page.unreadable ?? [];
    const size = page.items.length + odd.length;
    const contents = [...page.items.map(nameOf), JSON.stringify(odd)];
    const isNew = size > 0 && contents.some((content) => !known.has(content));
    for (const content of contents) known.add(content);
    items.push(...page.items);
    unreadable.push(...odd);
    offset += size;
    const isShort = size < pageSize && (endsWithShortPage || !isNew);
    // An API that ignores `offset` repeats the first page, and so seems to reach its count.
    const isCounted = offset >= (page.count ?? 0) && (isNew || number === 1);
    if (page.count === undefined ? isShort : isCounted) return { items, unreadable };
    if (!isNew) {
      const announced =
        page.count === undefined ? 'a full page came' : `${page.count} entries were announced`;
      throw incomplete(endpoint, `${announced}, but the next page had no new entry`);
    }
  }
  throw incomplete(endpoint, `it has more than ${MAX_PAGES} pages`);
}
