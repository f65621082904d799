import * as z from 'zod';
import { SaneTime } from '#lib/bounds';

/** Part of a key of the ledger, whose keys are short. */
const Id = z.string().min(1).max(256);

/**
 * The job has run for a while. Until this time a poll that sees it run on needs nothing else of its call. `calledAt`: when the call was
 * made, which says where the list of jobs begins.
 */
const Quiet = z.strictObject({ calledAt: SaneTime, until: SaneTime });
export type Quiet = z.output<typeof Quiet>;

/**
 * A message to `poll-jobs`: the subject of a poll, and its time. It follows one call until it ends: every poll produces the
 * next message or an outcome.
 */
export const FollowMessage = z.strictObject({
  callId: Id,
  /** The pool's id: one list of jobs serves all due calls of a pool. */
  pool: Id,
  probe: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('job'), jobId: Id, quiet: Quiet.optional() }),
    /** The desired effect of an accepted call without a job: a state of nodes, or of a node pool. */
    z.strictObject({ kind: z.literal('state') }),
    /** A call whose answer was lost: Poolkeeper searches for its effect. */
    z.strictObject({ kind: z.literal('lost-call') }),
  ]),
  /** Number of polls before this one. */
  look: z.int().nonnegative(),
  dueAt: SaneTime,
});
export type FollowMessage = z.output<typeof FollowMessage>;
