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

/**
 * Keeps each reading of a pool of the rules file as its snapshot, at most once within `waits.snapshotEveryMs`, and the beginning of
 * a time without good readings. A list without any node is no good reading of a pool that had nodes. If a snapshot cannot be
 * written, the log says so, and the reader goes on.
 */
export function keepSnapshots(services: SnapshotServices): KeepNodes {
  const { store, rules, clock } = services;
  return async (pool, read, log) => {
    if (!poolOf(rules, pool)) return read();
    const readAtMs = clock.now();
    const [document, outcome] = await Promise.all([
      orLogged(pool, log, async () => ({ stored: await store.get(snapshotKey(pool)) })),
      attempted(read),
    ]);
    if (document) {
      const keeper = { pool, readAtMs, stored: document.stored, ...services };
      await orLogged(pool, log, () =>
        'listing' in outcome ? keepReading(outcome.listing, keeper) : keepFailure(outcome.error, keeper),
      );
    }
    if ('listing' in outcome) return outcome.listing;
    throw outcome.error;
  };
}

/** One reading, and the snapshot from before it. */
type Keeper = SnapshotServices & { pool: string; readAtMs: number; stored: Document | undefined };

async function keepReading(listing: Listing<PoolNode>, keeper: Keeper): Promise<void> {
  const { pool, readAtMs, stored, store, rules } = keeper;
  const before = stored && parseDocument(snapshotKind, stored);
  if (before && !isDue(before, readAtMs, rules.waits.snapshotEveryMs)) return;
  const nodes = await nodesOfReading(listing, before?.reading, keeper);
  if (listing.items.length + listing.unreadable.length === 0 && nodes.length > 0) {
    await noteFailure(`the API lists no node of the pool, which had ${nodes.length}`, keeper);
    return;
  }
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

/** Notes that the pool cannot be read, unless that is known, or it was read a moment ago. */
async function noteFailure(
  why: string,
  { pool, readAtMs, stored, store, rules: { waits } }: Keeper,
): Promise<void> {
  const since = new Date(readAtMs).toISOString();
  const isNews = ({ reading, failing }: Snapshot) =>
    !failing && (!reading || readAtMs - Date.parse(reading.at) >= waits.snapshotEveryMs);
  await updateDocument<Snapshot>(
    store,
    snapshotKind,
    snapshotKey(pool),
    (current) => {
      if (current && !isNews(current)) return undefined;
      const failing = { since, why: excerpt(why, MAX_WHY), told: false };
      return { ...current, pool, failing, updatedAt: since };
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
