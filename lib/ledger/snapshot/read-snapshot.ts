import { readDocument } from '#lib/ledger/change';
import { parseMany } from '#lib/ledger/read-many';
import type { Store } from '#lib/ledger/store';
import type { Logger } from '#lib/log';
import { unpackIdentities, unpackStatuses } from './roster.ts';
import type { Identity, SnapshotNode } from './snapshot-node.ts';
import {
  rosterPartKeys,
  rosterPartKind,
  type Snapshot,
  snapshotKey,
  snapshotKind,
} from './snapshot-record.ts';

/** The last good reading of a pool. */
export type PoolSnapshot = {
  /** Its beginning, ISO 8601. */
  at: string;
  /** In the order of their names. */
  nodes: readonly SnapshotNode[];
  /** The number of unreadable entries of the list. */
  unreadable: number;
};

/** The knowledge of a pool from its readings. Both are absent if it was never read. */
export type KnownReading = { reading?: PoolSnapshot; failing?: Snapshot['failing'] };

/** Identities of the last rosters that this process has read, by pool. They are large, and seldom change. */
const readRosters = new WeakMap<Store, Map<string, { id: string; identities: readonly Identity[] }>>();

/**
 * The last reading of a pool. An unreadable snapshot is none: the log has the reason.
 *
 * @param pool its id
 */
export async function readSnapshot(store: Store, pool: string, log?: Logger): Promise<KnownReading> {
  try {
    const snapshot = await readDocument(store, snapshotKind, snapshotKey(pool));
    if (!snapshot) return {};
    const { reading, failing } = snapshot;
    const nodes = reading && (await readNodes(store, pool, reading));
    return {
      ...(reading && nodes && { reading: { at: reading.at, nodes, unreadable: reading.unreadable } }),
      ...(failing && { failing }),
    };
  } catch (error) {
    log?.error('the snapshot of a pool cannot be read, and counts as none', { pool, error });
    return {};
  }
}

/** The nodes of the readings that are still in use. */
const nodesOf = new WeakMap<NonNullable<Snapshot['reading']>, readonly SnapshotNode[]>();

/** The nodes of a reading. Undefined: a part of them is gone. Throws for unreadable parts. */
export async function readNodes(
  store: Store,
  pool: string,
  reading: NonNullable<Snapshot['reading']>,
): Promise<readonly SnapshotNode[] | undefined> {
  const identities = await readRoster(store, pool, reading.roster);
  if (!identities) return undefined;
  const known = nodesOf.get(reading);
  if (known) return known;
  const states = unpackStatuses(reading.statuses);
  if (states.length !== identities.length) return undefined;
  const nodes = identities.flatMap((identity, index) => {
    const status = states[index];
    return status ? [{ ...identity, ...status }] : [];
  });
  nodesOf.set(reading, nodes);
  return nodes;
}

async function readRoster(
  store: Store,
  pool: string,
  roster: NonNullable<Snapshot['reading']>['roster'],
): Promise<readonly Identity[] | undefined> {
  const known = readRosters.get(store) ?? new Map<string, { id: string; identities: readonly Identity[] }>();
  readRosters.set(store, known);
  const remembered = known.get(pool);
  if (remembered?.id === roster.id) return remembered.identities;
  const keys = rosterPartKeys(pool, roster);
  const found = new Map((await store.getMany(keys)).map((document) => [document.sk, document]));
  const parts = parseMany(
    rosterPartKind,
    keys.flatMap(({ sk }) => found.get(sk) ?? []),
  );
  if (parts.values.length < roster.parts) return undefined;
  const identities = unpackIdentities(parts.values);
  known.set(pool, { id: roster.id, identities });
  return identities;
}
