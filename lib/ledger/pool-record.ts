import * as z from 'zod';
import { remediationActions } from '#lib/actions/traits';
import type { DocumentKind } from './change.ts';
import { expiry } from './remediation.ts';
import type { DocumentKey } from './store.ts';

const Hold = z.object({
  remediation: z.string(),
  action: z.enum(remediationActions),
  /** The last attempt of the remediation to take it (its `judgements`). */
  attempt: z.number().int(),
  /** When it was last taken. */
  since: z.iso.datetime(),
  /** Far behind any deadline: only a hold that was lost reaches it. */
  expiresAt: z.iso.datetime(),
  /** The ladder of its rung, which the target's history counts once the hold is released. */
  round: z.object({ rule: z.string(), root: z.string() }).optional(),
  /** Whether it takes one of the budget's places: its call puts the node out of service. */
  disruptive: z.boolean(),
  /** The hour of the day's budget in which its node counts. Only of a disruptive hold. */
  countedIn: z.iso.datetime().optional(),
  /** The hour in which the node counted before, for an earlier call: if this call is not made, it counts there again. */
  countedBefore: z.iso.datetime().optional(),
  /** The failure domains that the node is part of. Only of a disruptive hold. */
  domains: z.array(z.string()).default([]),
});
export type Hold = z.output<typeof Hold>;

const Waiting = z.object({
  remediation: z.string(),
  /** When the command was accepted: the older one's turn comes first. */
  createdAt: z.iso.datetime(),
  /** `place`: one in the budget, which no younger command may take meanwhile. `domain`: its failure domain. `time`: one that is known. */
  waitsFor: z.enum(['place', 'domain', 'time']),
  /** How many places it needs at once: one, or as many as its nodes where they go as a whole. */
  places: z.number().int().default(1),
  /** The failure domains that it waits for. */
  domains: z.array(z.string()),
  /** When the pool was read on which it was told to wait: until something has moved since there is no reason to tell it otherwise. */
  readAt: z.iso.datetime(),
  /** Without another word from it by then it is not waited for any more. */
  until: z.iso.datetime(),
  /** When it was last told that it is its turn. */
  wokenAt: z.iso.datetime().optional(),
});
export type Waiting = z.output<typeof Waiting>;

const Storm = z.object({
  since: z.iso.datetime(),
  /** Commands are held until then, as long as no further node is reported. */
  until: z.iso.datetime(),
  /** How many nodes were reported within the time that counts. */
  nodes: z.number().int(),
  /** Whether a person has been told. */
  told: z.boolean(),
});

const Breaker = z.object({
  /** How many remediations or calls have failed in a row. */
  failures: z.number().int(),
  /** How often it has opened since the last success: each time for longer. */
  trips: z.number().int(),
  openUntil: z.iso.datetime().optional(),
  /** When it has opened first since the last success. */
  openedAt: z.iso.datetime().optional(),
  told: z.boolean(),
});

const OverBudget = z.object({
  since: z.iso.datetime(),
  /** When it was last seen so. */
  seenAt: z.iso.datetime(),
  /** How many nodes were out of service though nothing was done to them. */
  unavailable: z.number().int(),
  /** How many may be. */
  limit: z.number().int(),
  /** Whether a person has been told. */
  told: z.boolean(),
});

const PoolSize = z.object({
  /** How many nodes it is known to have. */
  nodes: z.number().int(),
  /** Readings that show fewer: the most that any of them showed, and when the first was. */
  smaller: z.object({ nodes: z.number().int(), since: z.iso.datetime() }).optional(),
});
export type PoolSize = z.output<typeof PoolSize>;

/**
 * What the ledger knows of a pool as a whole: who works on which of its nodes and node pools, what was done within a day, and
 * what speaks against doing any more. One document, so that one conditional write takes a node
 * for one remediation, and keeps a budget, however many functions run.
 */
const PoolRecord = z.object({
  pool: z.string(),
  /** How often nodes with a history were released: what was read before the last time may not show how they were left. */
  releases: z.number().int(),
  /** When a node was released last, or a command has left the wait list. */
  capacityChangedAt: z.iso.datetime().optional(),
  /** By the target's name (`holdName`): nobody else works on it. */
  held: z.record(z.string(), Hold),
  /** How many nodes were worked on within a day, by the hours of their last calls. The node's own history tells its hour. */
  spent: z.record(z.iso.datetime(), z.number().int()),
  /** When alerts reported a node first, within the time that counts for a storm. */
  reported: z.record(z.string(), z.iso.datetime()),
  storm: Storm.optional(),
  breaker: Breaker.optional(),
  /** More nodes are out of service than the budget allows: as long as that is so, nothing is done to any. */
  overBudget: OverBudget.optional(),
  /** How many nodes the pool has. A reading that shows fewer is not believed at once. */
  size: PoolSize.optional(),
  /** Flavors whose nodes were seen with an accelerator's driver: one that shows none is not known to be well. */
  driverFlavors: z.array(z.string()).optional(),
  updatedAt: z.iso.datetime(),
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

/** How long the table keeps an entry that nobody removes: its command is not waited for any more. */
const WAITING_KEPT_SECONDS = 24 * 3600;

/** The wait list of a pool: its deferred commands, each a small item beside the pool's document. */
export const waitingKind: DocumentKind<Waiting> = {
  name: 'waiting command',
  schema: Waiting,
  index: ({ until }) => ({ expiresAt: Math.floor(Date.parse(until) / 1000) + WAITING_KEPT_SECONDS }),
};

/** In the order of their keys commands are in the order of their age. */
export function waitingKey(
  pool: string,
  { createdAt, remediation }: Pick<Waiting, 'createdAt' | 'remediation'>,
): DocumentKey {
  return { ...poolRecordKey(pool), sk: `waiting#${createdAt}#${remediation}` };
}

/** The keys of all entries of a wait list, which are between these two. */
export const WAITING_KEYS = { after: 'waiting#', before: 'waiting$' };

/** A pool of which nothing is known yet. */
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
