import * as z from 'zod';
import { remediationActions } from '#lib/actions/traits';
import { type DocumentKind, parseDocument, readDocument, updateAndDecide, updateDocument } from './change.ts';
import { type DocumentKey, expiry, type Store } from './store.ts';

const Time = z.iso.datetime();

const Hold = z.object({
  remediation: z.string(),
  action: z.enum(remediationActions),
  /** The last attempt of the remediation that took it (its `judgements`). */
  attempt: z.number().int(),
  /** When it was last taken. */
  since: Time,
  /** Much later than any deadline: only a lost hold reaches it. */
  expiresAt: Time,
  /** The ladder of its rung, which the target's history counts once the hold is released. */
  round: z.object({ rule: z.string(), root: z.string() }).optional(),
  /** Whether it takes a slot: its call puts the node out of service. */
  disruptive: z.boolean(),
  /** The hour of the daily budget in which its node counts. Only a disruptive hold has it. */
  countedIn: Time.optional(),
  /** The hour in which the node counted before, for an earlier call: if this call is not made, it counts there again. */
  countedBefore: Time.optional(),
  /** The failure domains of the node. Only a disruptive hold has them. */
  domains: z.array(z.string()).default([]),
});
export type Hold = z.output<typeof Hold>;

const Waiting = z.object({
  remediation: z.string(),
  /** When the command was accepted: older commands go first. */
  createdAt: Time,
  /** `place`: a slot, which no younger command may take meanwhile. `domain`: its failure domain. `time`: a known time. */
  waitsFor: z.enum(['place', 'domain', 'time']),
  /** The slots that it needs at once: one, or one for each node of a group. */
  places: z.number().int().default(1),
  /** The failure domains that it waits for. */
  domains: z.array(z.string()),
  /** Time of the reading on which the command was deferred. It is woken only if the capacity has changed since. */
  readAt: Time,
  /** If the command does not return by then, other commands no longer wait for it. */
  until: Time,
  /** When it was last woken. */
  wokenAt: Time.optional(),
});
export type Waiting = z.output<typeof Waiting>;

const Storm = z.object({
  since: Time,
  /** Commands wait until then, unless further nodes are reported. */
  until: Time,
  /** How many nodes were reported within the time that counts. */
  nodes: z.number().int(),
  /** Whether people have its notice. */
  told: z.boolean(),
  /** Whether people know its end. */
  endTold: z.boolean().exactOptional(),
});

const Breaker = z.object({
  /** How many remediations or calls have failed in a row. */
  failures: z.number().int(),
  /** How often it has opened since the last success. Each time it stays open longer. */
  trips: z.number().int(),
  openUntil: Time.optional(),
  /** When it first opened after the last success. */
  openedAt: Time.optional(),
  told: z.boolean(),
});

const OverBudget = z.object({
  since: Time,
  /** The last reading that showed it. */
  seenAt: Time,
  /** The nodes that were out of service without a call of Poolkeeper. */
  unavailable: z.number().int(),
  /** The most that the budget allows. */
  limit: z.number().int(),
  /** Whether people have its notice. */
  told: z.boolean(),
});

/** An incident that is over and that people know. They do not know its end yet. */
const Ended = z.object({ incident: z.enum(['breaker', 'over-budget']), since: Time, until: Time });
export type EndedIncident = z.output<typeof Ended>;

const PoolSize = z.object({
  /** The last number of nodes that counts. */
  nodes: z.number().int(),
  /** When a reading first showed so many. Absent in documents of earlier versions. */
  since: Time.optional(),
  /** Readings that show fewer: the most that any of them showed, and when the first was. */
  smaller: z.object({ nodes: z.number().int(), since: Time }).optional(),
});
export type PoolSize = z.output<typeof PoolSize>;

/**
 * The state of a pool as a whole: the holds of its nodes and node pools, the calls of the last day, and its incidents. It is
 * one document, so that one conditional write takes a node for one remediation and keeps the budget, however many functions run.
 */
const PoolRecord = z.object({
  pool: z.string(),
  /** How often nodes with a history were released. A reading from before the last release may show their old state. */
  releases: z.number().int(),
  /** When a node was last released, or a command last left the wait list. */
  capacityChangedAt: Time.optional(),
  /** By the target's name (`holdName`). Only the remediation of the hold works on the target. */
  held: z.record(z.string(), Hold),
  /** The nodes worked on within a day, counted by the hour of their last call. Each node's history has its hour. */
  spent: z.record(Time, z.number().int()),
  /** When alerts first reported each node, within the time that counts for a storm. */
  reported: z.record(z.string(), Time),
  storm: Storm.optional(),
  breaker: Breaker.optional(),
  /** More nodes are out of service than the budget allows. Until this ends, Poolkeeper touches no node of the pool. */
  overBudget: OverBudget.optional(),
  /** At most one of each kind. */
  ended: z.array(Ended).exactOptional(),
  /** The number of nodes in the pool. A single reading with fewer does not change it. */
  size: PoolSize.optional(),
  /** Flavors with an accelerator's driver on some node. A node of such a flavor that shows no driver is not known to be well. */
  driverFlavors: z.array(z.string()).optional(),
  /** By supernode: the names of its members. A reading that hides labels does not make it smaller. */
  supernodes: z.record(z.string(), z.array(z.string())).optional(),
  /**
   * By node: the call that isolates it by HA redundancy, and when it was made. The API may never show the node's label. Without a
   * label that says otherwise the node counts as isolated until a call returns it. `notSeenSince`: see `absenceOf`.
   */
  isolated: z
    .record(z.string(), z.object({ callId: z.string(), since: Time, notSeenSince: Time.optional() }))
    .optional(),
  /** The ledger was restored `at` this time from a backup, and does not know the calls after `from`. */
  restored: z.object({ from: Time, at: Time }).optional(),
  updatedAt: Time,
});
export type PoolRecord = z.output<typeof PoolRecord>;

export const poolRecordKind: DocumentKind<PoolRecord> = {
  name: 'pool',
  schema: PoolRecord,
  index: ({ updatedAt }) => expiry(updatedAt),
};

export function poolRecordKey(pool: string): DocumentKey {
  return { pk: `pool#${pool}`, sk: '-' };
}

/** How long the table keeps an entry after other commands have stopped waiting for it. */
const WAITING_KEPT_MS = 24 * 3_600_000;

/** The wait list of a pool: its deferred commands, each a small item beside the pool's document. */
export const waitingKind: DocumentKind<Waiting> = {
  name: 'waiting command',
  schema: Waiting,
  index: ({ until }) => expiry(until, WAITING_KEPT_MS),
};

/** The keys sort by the age of the commands. */
export function waitingKey(
  pool: string,
  { createdAt, remediation }: Pick<Waiting, 'createdAt' | 'remediation'>,
): DocumentKey {
  return { ...poolRecordKey(pool), sk: `waiting#${createdAt}#${remediation}` };
}

/** The keys of all entries of a wait list lie between these two. */
export const WAITING_KEYS = { after: 'waiting#', before: 'waiting$' };

/** The state of a pool before its first event. `now`: epoch milliseconds. */
export function emptyPoolRecord(pool: string, now: number): PoolRecord {
  return {
    pool,
    releases: 0,
    held: {},
    spent: {},
    reported: {},
    updatedAt: new Date(now).toISOString(),
  };
}

/**
 * A pool as the ledger has it. Without a document it is as before its first event. `now`: epoch milliseconds.
 *
 * @throws UnreadableDocumentError
 */
export async function readPoolRecord(store: Store, pool: string, now: number): Promise<PoolRecord> {
  const record = await readDocument(store, poolRecordKind, poolRecordKey(pool));
  return record ?? emptyPoolRecord(pool, now);
}

/**
 * The pool as this event has last read or written it, or else as the ledger has it. For decisions that an older state does not harm,
 * because a later write or another function makes them again. `now`: epoch milliseconds.
 *
 * @throws UnreadableDocumentError
 */
export async function recentPoolRecord(store: Store, pool: string, now: number): Promise<PoolRecord> {
  const seen = store.lastSeen?.(poolRecordKey(pool))?.document;
  return seen ? parseDocument(poolRecordKind, seen) : readPoolRecord(store, pool, now);
}

/**
 * Changes a pool as `updateDocument` does, with the same errors. Without a document the pool is as before its first event. `now`:
 * epoch milliseconds.
 *
 * @param next must be free of side effects. It returns undefined to leave the pool as it is.
 * @returns the pool as it is afterwards, and whether this call wrote it.
 */
export async function updatePoolRecord(
  store: Store,
  pool: string,
  now: number,
  next: (record: PoolRecord) => PoolRecord | undefined,
): Promise<{ value: PoolRecord; written: boolean }> {
  const empty = emptyPoolRecord(pool, now);
  const { value = empty, written } = await updateDocument<PoolRecord>(
    store,
    poolRecordKind,
    poolRecordKey(pool),
    (record = empty) => next(record),
  );
  return { value, written };
}

/** The same, with a decision besides the new value, as `updateAndDecide` does it. */
export async function decideOnPoolRecord<Decided extends object | number>(
  store: Store,
  pool: string,
  now: number,
  decide: (record: PoolRecord) => { value: PoolRecord | undefined; decided: Decided },
): Promise<{ value: PoolRecord; written: boolean; decided: Decided }> {
  const empty = emptyPoolRecord(pool, now);
  const {
    value = empty,
    written,
    decided,
  } = await updateAndDecide(store, poolRecordKind, poolRecordKey(pool), (record = empty) => decide(record));
  return { value, written, decided };
}
