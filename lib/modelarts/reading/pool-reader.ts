import type { Logger } from '#lib/log';
import type { ModelArtsClient, SendOptions } from '#lib/modelarts/client/client';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import type { Listing } from '#lib/modelarts/replies/listing';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { isRunning, type Workload } from '#lib/modelarts/replies/workload';
import { readAllNodePools, readAllNodes, saysEmpty } from './read.ts';
import type { RecentWorkloads, WorkloadReading } from './recent-workloads.ts';
import { joined, readAllWorkloads, readListedWorkloads } from './workloads.ts';

/** One reading of a pool, or of several pools of the same client. Its parts are remembered with it. */
export type PoolReader = Readonly<{
  client: ModelArtsClient;
  pool: string;
  /** Older jobs are not asked for, epoch milliseconds. */
  jobsSinceMs?: number;
  options: SendOptions;
  log?: Logger | undefined;
  keep: KeepNodes;
  /** The workloads that other readings of the process have proved. Absent: this one shares nothing. */
  recent?: RecentWorkloads | undefined;
}>;

/** Reads all nodes of a pool by `read`, and keeps them for people. It returns and throws what `read` does. */
export type KeepNodes = (
  pool: string,
  read: () => Promise<Listing<PoolNode>>,
  log: Logger | undefined,
  /** Whether the pool itself says that it has no node. Throws as `read` does. */
  isEmpty: () => Promise<boolean>,
) => Promise<Listing<PoolNode>>;

/**
 * Begins a reading. It asks for a part when that is first wanted, and at most once; every later question has the same answer. A
 * part is whole, or its promise fails with the client's error, whose `isRead` tells it from a refused call.
 */
export function createPoolReader(
  client: ModelArtsClient,
  of: Pick<PoolReader, 'pool' | 'jobsSinceMs' | 'keep' | 'recent'>,
  { deadlineMs, signal, log }: SendOptions & Pick<PoolReader, 'log'>,
): PoolReader {
  return { client, ...of, options: { deadlineMs, signal }, log };
}

/** A part of a pool: of the reader's own, or of another. */
type Part<Value> = (reader: PoolReader, pool?: string) => Promise<Value>;

export const nodesOf = list('nodes', ({ client, options, keep, log }, pool) =>
  keep(
    pool,
    () => readAllNodes(client, pool, options),
    log,
    () => saysEmpty(client, pool, options),
  ),
);
export const nodePoolsOf = list('node pools', ({ client, options }, pool) =>
  readAllNodePools(client, pool, options),
);
/** Undefined: the API does not tell them to this key. */
export const workloadsOf = list('workloads', readWorkloads);

/** The result of `read`, or undefined if the API could not be read, or not as a whole. */
export async function ifReadable<Value>(
  { log }: Pick<PoolReader, 'log'>,
  read: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ModelArtsError)) throw error;
    log?.warn('the API could not be read', { error });
    return undefined;
  }
}

/** Makes a part that is read when it is first wanted, and once: if it could not be read, it stays unread in this reading. */
export function lazily<Value>(read: (reader: PoolReader, pool: string) => Promise<Value>): Part<Value> {
  const readings = new WeakMap<PoolReader, Map<string, Promise<Value>>>();
  return (reader, pool = reader.pool) => {
    const known = readings.get(reader) ?? new Map<string, Promise<Value>>();
    readings.set(reader, known);
    const value = known.get(pool) ?? read(reader, pool);
    known.set(pool, value);
    return value;
  };
}

/** As many unreadable entries of a list are named in the log. */
const MAX_LOGGED = 10;

/** Such a part that is a list. Its unreadable entries are in the log. */
export function list<Read extends Listing<unknown> | undefined>(
  name: string,
  read: (reader: PoolReader, pool: string) => Promise<Read>,
): Part<Read> {
  return lazily(async (reader, pool) => {
    const listing = await read(reader, pool);
    const unreadable = listing?.unreadable ?? [];
    const told = { pool, list: name, count: unreadable.length, entries: unreadable.slice(0, MAX_LOGGED) };
    if (unreadable.length > 0) reader.log?.warn('entries of a list cannot be read', told);
    return listing;
  });
}

/**
 * The list has a page and a permission of its own: undefined if the API refuses it for good. A list that omits a workload looks
 * like that of an idle pool; an omission seldom happens twice, so it is read twice. A reading that follows within seconds asks for the
 * plain list alone, twice: if that shows all that these have shown, they prove that it hides nothing. If not, they say no more, and all is
 * read again.
 */
async function readWorkloads(
  { client, options, recent }: PoolReader,
  pool: string,
): Promise<WorkloadReading | undefined> {
  try {
    const known = recent?.of(pool);
    if (known) {
      const one = await readListedWorkloads(client, pool, options);
      const present = joined([one, await readListedWorkloads(client, pool, options)]);
      if (shows(present, known)) return { ...present, sinceMs: known.sinceMs };
    }
    const sinceMs = recent?.now();
    const one = await readAllWorkloads(client, pool, options);
    const other = await readAllWorkloads(client, pool, options);
    const listing = joined([one, other]);
    return sinceMs === undefined ? listing : (recent?.keep(pool, listing, sinceMs) ?? listing);
  } catch (error) {
    const refusedForGood = error instanceof ModelArtsError && error.outcome === 'refused' && !error.transient;
    if (refusedForGood && error.status !== 401) return undefined;
    throw error;
  }
}

/** Whether a list shows every unfinished workload of earlier ones. */
function shows({ items }: Listing<Workload>, earlier: Listing<Workload>): boolean {
  const shown = new Set(items.map((item) => JSON.stringify(item)));
  return (
    earlier.unreadable.length === 0 &&
    earlier.items.every((item) => !isRunning(item) || shown.has(JSON.stringify(item)))
  );
}
