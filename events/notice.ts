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
      'storm-over',
      'breaker',
      'breaker-closed',
      'over-budget',
      'within-budget',
      'unreadable',
      'subscription-ended',
      'not-readable',
      'readable-again',
      'recipient-silent',
      'recipient-back',
    ]),
    /** Its subject, if it is not the whole pool. */
    about: z.string().min(1).max(256).optional(),
    /** The hash of the recipient that it is about: this recipient gets no notice of it. */
    recipient: z.string().min(1).max(64).optional(),
    why: z.string(),
    at: SaneTime,
  }),
]);
export type Notice = z.output<typeof Notice>;

/** The incidents with an end that people hear of, each with the incident that says so. */
export const incidentEnds = {
  storm: 'storm-over',
  breaker: 'breaker-closed',
  'over-budget': 'within-budget',
  'not-readable': 'readable-again',
  'recipient-silent': 'recipient-back',
} as const;

/** A message to `notify`: the digest of a recipient is due. */
export const DigestMessage = z.strictObject({
  kind: z.literal('digest'),
  /** The hash of the recipient. */
  recipient: z.string().min(1).max(64),
  /** When its list is due: the delay on a queue has a limit, so the message may come before. */
  dueAt: SaneTime,
});
export type DigestMessage = z.output<typeof DigestMessage>;

/** Every message to `notify`. */
export const NotifyMessage = z.discriminatedUnion('kind', [...Notice.options, DigestMessage]);
