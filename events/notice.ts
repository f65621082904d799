import * as z from 'zod';
import { SaneTime } from '#lib/bounds';
import { remediationStates } from '#lib/rules/state';

/** A message to `notify`: what people are to be told. */
export const Notice = z.discriminatedUnion('kind', [
  /** A remediation came into a state that somebody wants to be told of. */
  z.strictObject({
    kind: z.literal('remediation'),
    id: z.string().min(1).max(256),
    state: z.enum(remediationStates),
    /** Which time it came into it: `stateSince`. Absent: the last time it came into any. */
    since: SaneTime.optional(),
  }),
  /** The ladder of a remediation has come to a rung that tells people. */
  z.strictObject({
    kind: z.literal('rung'),
    id: z.string().min(1).max(256),
    severity: z.string().min(1).optional(),
  }),
  /** What concerns a whole pool, or a document about something in it. */
  z.strictObject({
    kind: z.literal('incident'),
    /** The pool's id. */
    pool: z.string().min(1).max(256),
    incident: z.enum(['storm', 'breaker', 'over-budget', 'unreadable']),
    /** What in the pool it concerns, where it is not the pool as a whole. */
    about: z.string().min(1).max(256).optional(),
    why: z.string(),
    at: SaneTime,
  }),
]);
export type Notice = z.output<typeof Notice>;
