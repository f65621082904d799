import * as z from 'zod';
import { SaneTime } from '#lib/bounds';
import { remediationStates } from '#lib/rules/state';

/** A message to `notify`: the subject of a notice. */
export const Notice = z.discriminatedUnion('kind', [
  /** A remediation entered a state that a recipient wants to hear of. */
  z.strictObject({
    kind: z.literal('remediation'),
    id: z.string().min(1).max(256),
    state: z.enum(remediationStates),
    /** Which entry: its `stateSince`. Absent: the last entry into any state. */
    since: SaneTime.optional(),
  }),
  /** The ladder of a remediation has reached a rung that notifies. */
  z.strictObject({
    kind: z.literal('rung'),
    id: z.string().min(1).max(256),
    severity: z.string().min(1).optional(),
  }),
  /** An incident of a whole pool, of a document about a part of it, or of a source of alerts. */
  z.strictObject({
    kind: z.literal('incident'),
    /** The pool's id. Absent: the incident concerns no single pool. */
    pool: z.string().min(1).max(256).optional(),
    incident: z.enum([
      'storm',
      'breaker',
      'over-budget',
      'unreadable',
      'subscription-ended',
      'not-readable',
      'readable-again',
    ]),
    /** Its subject, if it is not the whole pool. */
    about: z.string().min(1).max(256).optional(),
    why: z.string(),
    at: SaneTime,
  }),
]);
export type Notice = z.output<typeof Notice>;
