import * as z from 'zod';
import { SaneTime } from '#lib/bounds';

/** Part of a key of the ledger, which takes no long ones. */
const Id = z.string().min(1).max(256);

/**
 * A message to `poll-jobs`: what to look at, and when. It follows one call until it ends: every look answers with the next
 * message or with an outcome.
 */
export const FollowMessage = z.strictObject({
  callId: Id,
  /** The pool's id: all due calls of a pool are seen with one list of its jobs. */
  pool: Id,
  probe: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('job'), jobId: Id }),
    /** What an accepted call without a job is to bring about: the state of nodes, or of a node pool. */
    z.strictObject({ kind: z.literal('state') }),
    /** A call whose answer was lost: what it did is looked for. */
    z.strictObject({ kind: z.literal('lost-call') }),
  ]),
  /** Number of looks before this one. */
  look: z.int().nonnegative(),
  dueAt: SaneTime,
});
export type FollowMessage = z.output<typeof FollowMessage>;
