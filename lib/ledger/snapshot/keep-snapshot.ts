import { excerpt } from '#lib/bounds';
import type { Clock } from '#lib/clock';
import { parseDocument, updateDocument } from '#lib/ledger/change';
import type { Document, Store } from '#lib/ledger/store';
import type { Logger } from '#lib/log';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import type { KeepNodes } from '#lib/modelarts/reading/pool-reader';
import type { Listing } from '#lib/modelarts/replies/listing';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { poolOf } from '#lib/rules/pool';
import type { Rules } from '#lib/rules/rules';
import { readNodes } from './read-snapshot.ts';
import { packIdentities, packStatuses, rosterId } from './roster.ts';
import { nodesAfter, type SnapshotNode } from './snapshot-node.ts';
import {
  type EmptyLists,
  ROSTER_RENEWED_MS,
  rosterPartKeys,
  rosterPartKind,
  type Snapshot,
  snapshotKey,
  snapshotKind,
} from './snapshot-record.ts';

export type SnapshotServices = { store: Store; rules: Pick<Rules, 'pools' | 'waits'>; clock: Clock };

/** Limit of the words of an error, in characters. */
const MAX_WHY = 500;

/** As many empty lists in a row, over this time, are no broken answers if the pool itself says the same. Sweeps read every five minutes. */
const EMPTY_LISTS = 3;
const EMPTY_MS = 8 * 60_000;

/**
 * Keeps each reading of a pool of the rules file as its snapshot, at most once within `waits.snapshotEveryMs`, and the beginning of
 * a time without good readings. A list without any node is no good reading of a pool that had nodes, until several have said so and the
 * pool itself does. If a snapshot cannot be written, the log says so, and the reader goes on.
 */
export function keepSnapshots(services: SnapshotServices): KeepNodes {
  const { store, rules, clock } = services;
  return async (pool, read, log, isEmpty) => {
    if (!poolOf(rules, pool)) return read();
    const readAtMs = clock.now();
    const [document, outcome] = await Promise.all([
      orLogged(pool, log, async () => ({ stored: await store.get(snapshotKey(pool)) })),
      attempted(read),
    ]);
    if (document) {
      const keeper = { pool, readAtMs, stored: document.stored, isEmpty, ...services };
      await orLogged(pool, log, () =>
        'listing' in outcome ? keepReading(outcome.listing, keeper) : keepFailure(outcome.error, keeper),
      );
    }
    if ('listing' in outcome) return outcome.listing;
    throw outcome.error;
  };
}

/** One reading, and the snapshot from before it. */
type Keeper = SnapshotServices & {
  pool: string;
  readAtMs: number;
  stored: Document | undefined;
  isEmpty: () => Promise<boolean>;
};

async function keepReading(listing: Listing<PoolNode>, keeper: Keeper): Promise<void> {
  const { pool, readAtMs, stored, store, rules } = keeper;
  const before = stored && parseDocument(snapshotKind, stored);
  if (before && !isDue(before, readAtMs, rules.waits.snapshotEveryMs)) return;
  const found = await nodesOfReading(listing, before?.reading, keeper);
  const hidesAll = listing.items.length + listing.unreadable.length === 0 && found.length > 0;
  const empty = hidesAll ? nextEmpty(before?.empty, keeper) : undefined;
  if (empty && !(await isReallyEmpty(empty, keeper))) {
    await noteFailure(`the API lists no node of the pool, which had ${found.length}`, keeper, empty);
    return;
  }
  const nodes = hidesAll ? [] : found;
  const at = new Date(readAtMs).toISOString();
  const roster = await keepRoster(nodes, before?.reading?.roster, keeper);
  const reading = { at, roster, statuses: packStatuses(nodes), unreadable: listing.unreadable.length };
  await updateDocument<Snapshot>(
    store,
    snapshotKind,
    snapshotKey(pool),
    (current) => {
      if (current?.reading && current.reading.at >= at) return undefined;
      const { failing, recovered } = current ?? {};
      const over = failing?.told ? { since: failing.since, until: at } : recovered;
      return { pool, reading, ...(over && { recovered: over }), updatedAt: at };
    },
    { document: stored },
  );
}

function isDue({ reading, failing }: Snapshot, readAtMs: number, everyMs: number): boolean {
  return !reading || failing !== undefined || readAtMs - Date.parse(reading.at) >= everyMs;
}

/** The empty lists up to this one. Several readers at a time count as one. */
function nextEmpty(before: EmptyLists | undefined, { readAtMs, rules: { waits } }: Keeper): EmptyLists {
  const at = new Date(readAtMs).toISOString();
  if (!before) return { since: at, at, times: 1 };
  const isNext = readAtMs - Date.parse(before.at) >= waits.snapshotEveryMs;
  return isNext ? { ...before, at, times: before.times + 1 } : before;
}

/** Whether a pool has lost all of its nodes: its lists were empty for a while, and the pool itself runs and counts none. */
async function isReallyEmpty({ since, times }: EmptyLists, { readAtMs, isEmpty }: Keeper): Promise<boolean> {
  if (times < EMPTY_LISTS || readAtMs - Date.parse(since) < EMPTY_MS) return false;
  try {
    return await isEmpty();
  } catch (error) {
    if (error instanceof ModelArtsError) return false;
    throw error;
  }
}

/** The nodes after this reading. The earlier ones are read only if this reading does not show the same nodes. */
async function nodesOfReading(
  listing: Listing<PoolNode>,
  before: Snapshot['reading'],
  { pool, readAtMs, store, rules: { waits } }: Keeper,
): Promise<SnapshotNode[]> {
  const shown = nodesAfter([], listing, readAtMs, waits.goneAfterMs);
  if (!before || rosterId(shown) === before.roster.id) return shown;
  const known = (await readNodes(store, pool, before)) ?? [];
  return nodesAfter(known, listing, readAtMs, waits.goneAfterMs);
}

/** Writes the identities of nodes, unless the table has them already. */
async function keepRoster(
  nodes: readonly SnapshotNode[],
  before: NonNullable<Snapshot['reading']>['roster'] | undefined,
  { pool, readAtMs, store }: Keeper,
): Promise<NonNullable<Snapshot['reading']>['roster']> {
  const id = rosterId(nodes);
  const isFresh = before && readAtMs - Date.parse(before.writtenAt) < ROSTER_RENEWED_MS;
  if (before?.id === id && isFresh) return before;
  const packed = packIdentities(nodes);
  const writtenAt = new Date(readAtMs).toISOString();
  const roster = { id, parts: packed.length, writtenAt };
  for (const [index, key] of rosterPartKeys(pool, roster).entries()) {
    const part = { packed: packed[index] ?? '', writtenAt };
    await updateDocument(store, rosterPartKind, key, () => part, { document: undefined });
  }
  return roster;
}

async function keepFailure(error: unknown, keeper: Keeper): Promise<void> {
  if (error instanceof ModelArtsError) await noteFailure(error.message, keeper);
}

/**
 * Notes that the pool cannot be read, unless that is known, or it was read a moment ago.
 *
 * @param empty the empty lists in a row; undefined: this reading failed in another way
 */
async function noteFailure(
  why: string,
  { pool, readAtMs, stored, store, rules: { waits } }: Keeper,
  empty?: EmptyLists,
): Promise<void> {
  const at = new Date(readAtMs).toISOString();
  const isNews = ({ reading, failing }: Snapshot) =>
    !failing && (!reading || readAtMs - Date.parse(reading.at) >= waits.snapshotEveryMs);
  await updateDocument<Snapshot>(
    store,
    snapshotKind,
    snapshotKey(pool),
    (current) => {
      const { empty: before, ...known } = current ?? {};
      const isKnown = current && !isNews(current);
      if (isKnown && (!current.failing || before?.at === empty?.at)) return undefined;
      const failing = current?.failing ?? { since: at, why: excerpt(why, MAX_WHY), told: false };
      return { ...known, pool, failing, ...(empty && { empty }), updatedAt: at };
    },
    { document: stored },
  );
}

type Attempt = { listing: Listing<PoolNode> } | { error: unknown };

async function attempted(read: () => Promise<Listing<PoolNode>>): Promise<Attempt> {
  try {
    return { listing: await read() };
  } catch (error) {
    return { error };
  }
}

/** Undefined: it failed, as the log says. */
async function orLogged<Value>(
  pool: string,
  log: Logger | undefined,
  work: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    log?.error('the snapshot of a pool could not be written, so people see an earlier one', { pool, error });
    return undefined;
  }
}
