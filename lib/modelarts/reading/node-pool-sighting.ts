import { ModelArtsError } from '#lib/modelarts/client/errors';
import { showNodePool } from '#lib/modelarts/endpoints/show-node-pool';
import type { Listing } from '#lib/modelarts/replies/listing';
import type { NodePool } from '#lib/modelarts/replies/node-pool';
import { type Sighting, sightingOf } from './absence.ts';
import type { PoolReader } from './pool-reader.ts';
import { isUnknownNodePool } from './unknown-node-pool.ts';

/** The API's answers about single node pools: the node pool, or that it knows none of this name. Absent: it did not tell. */
export type NodePoolsByName = ReadonlyMap<string, NodePool | 'none'>;

/** The API's answer about one node pool: its state, or that the pool has none of this name. Undefined: it says neither. */
async function nodePoolByName(
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

/** Asks the API for each of these node pools by its name. */
export async function readByName(reader: PoolReader, names: Iterable<string>): Promise<NodePoolsByName> {
  const distinct = [...new Set(names)];
  const answers = await Promise.all(distinct.map((name) => nodePoolByName(reader, name)));
  return new Map(distinct.flatMap((name, index) => (answers[index] ? [[name, answers[index]]] : [])));
}

/** Asks for the node pools that a list does not show. A list may omit what exists, so it does not prove an absence alone. */
export function readMissing(
  reader: PoolReader,
  { items }: Pick<Listing<NodePool>, 'items'>,
  names: readonly string[],
): Promise<NodePoolsByName> {
  return readByName(
    reader,
    names.filter((name) => !items.some((item) => item.name === name)),
  );
}

/**
 * Finds a node pool in the list and in the answers by name. It is `not-seen` only if a whole list lacks it and the API says
 * that it does not know the name.
 */
export function sightingOfNodePool(
  target: string,
  listing: Listing<NodePool>,
  byName: NodePoolsByName = new Map(),
): Sighting<NodePool> {
  const isIt = (name: string) => name === target;
  const listed = sightingOf(listing, ({ name }) => isIt(name), isIt);
  const answer = byName.get(target);
  if (listed.kind === 'seen' || answer === 'none') return listed;
  if (answer) return { kind: 'seen', item: answer };
  return listed.kind === 'not-seen'
    ? { kind: 'doubtful', why: 'the list lacks it, but the API does not say by its name that it is gone' }
    : listed;
}
