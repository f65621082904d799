import * as z from 'zod';
import type { DocumentKind } from '#lib/ledger/change';
import { type DocumentKey, expiry } from '#lib/ledger/store';

const Reading = z.object({
  /** Its beginning. */
  at: z.iso.datetime(),
  /** The items with the nodes' identities: their name, their number, and when they were written. */
  roster: z.object({ id: z.string(), parts: z.int(), writtenAt: z.iso.datetime() }),
  /** The statuses of the nodes, in the order of the roster. Packed `Statuses`. */
  statuses: z.string(),
  /** The number of unreadable entries of the list. */
  unreadable: z.int(),
});

const Failing = z.object({
  /** When the first reading failed after the last good one. */
  since: z.iso.datetime(),
  why: z.string(),
  /** Whether people have its notice. */
  told: z.boolean(),
});

/** Lists without any node of a pool that had nodes, one after the other: the first, the last, and their number. */
const EmptyLists = z.object({ since: z.iso.datetime(), at: z.iso.datetime(), times: z.int() });
export type EmptyLists = z.output<typeof EmptyLists>;

/**
 * The last reading of a pool, for people. It is the small part, written often: the nodes' identities are in items of their own, so
 * that they are written only when they change.
 */
const Snapshot = z.object({
  pool: z.string(),
  /** The last good reading. */
  reading: Reading.optional(),
  /** No reading was good since. */
  failing: Failing.optional(),
  /** The readings since the last good one, if all of them were empty. */
  empty: EmptyLists.exactOptional(),
  /** A failure that is over and that people know. They do not know its end yet. */
  recovered: z.object({ since: z.iso.datetime(), until: z.iso.datetime() }).optional(),
  updatedAt: z.iso.datetime(),
});
export type Snapshot = z.output<typeof Snapshot>;

export const snapshotKind: DocumentKind<Snapshot> = {
  name: 'snapshot of a pool',
  schema: Snapshot,
  index: ({ updatedAt }) => expiry(updatedAt),
};

export function snapshotKey(pool: string): DocumentKey {
  return { pk: `snapshot#${pool}`, sk: '-' };
}

/** A part of a roster: packed identities. */
const RosterPart = z.object({ packed: z.string(), writtenAt: z.iso.datetime() });
export type RosterPart = z.output<typeof RosterPart>;

/** The table keeps a roster for this long. One that is still in use is written again before. */
const ROSTER_KEPT_MS = 30 * 24 * 3_600_000;
export const ROSTER_RENEWED_MS = 7 * 24 * 3_600_000;

export const rosterPartKind: DocumentKind<RosterPart> = {
  name: 'part of the nodes of a pool',
  schema: RosterPart,
  index: ({ writtenAt }) => expiry(writtenAt, ROSTER_KEPT_MS),
};

/** The keys of the parts of a roster. Each writing of a roster has keys of its own. */
export function rosterPartKeys(
  pool: string,
  { id, parts, writtenAt }: NonNullable<Snapshot['reading']>['roster'],
): DocumentKey[] {
  const { pk } = snapshotKey(pool);
  return Array.from({ length: parts }, (_, part) => ({
    pk,
    sk: `roster#${writtenAt}#${id}#${String(part).padStart(3, '0')}`,
  }));
}
