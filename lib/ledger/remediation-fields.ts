import * as z from 'zod';
import { remediationActions } from '#lib/actions/traits';
import { modes } from '#lib/rules/mode';
import { remediationStates } from '#lib/rules/state';
import { ReceiptChain } from './receipts/receipt-chain.ts';

/**
 * One episode of an alert that speaks for a remediation: the alert's fingerprint, its beginning as its source states it, and the
 * number of its reopenings (absent: none).
 */
const AlertReference = z.object({
  fingerprint: z.string(),
  startsAt: z.iso.datetime({ offset: true }),
  opening: z.int().optional(),
});
export type AlertReference = z.output<typeof AlertReference>;

/** The outcome of one target of a remediation so far. The remediation's own state follows from the outcomes of all its targets. */
export const NodeOutcome = z.object({
  state: z.enum(['skipped', 'waiting', 'running', 'verifying', 'succeeded', 'failed']),
  why: z.string().optional(),
  /** When a node pool reached its requested state. It is kept while Poolkeeper verifies the node that caused the change. */
  comeAboutAt: z.iso.datetime().optional(),
  /** In verification: since when every reading has shown the node healthy. */
  healthySince: z.iso.datetime().optional(),
  /** In verification: since when every reading has shown the node broken. */
  brokenSince: z.iso.datetime().optional(),
  /** In verification: a reading has shown a driver of the node. A later one that shows none hides it. */
  driverShown: z.literal(true).optional(),
  /** The target counts as failed, because its state was still not known at the end of its time. */
  notKnown: z.literal(true).optional(),
  /** The API had done what was asked, and the check of the target failed. Poolkeeper does not ask for it again. */
  checked: z.literal(true).optional(),
  /** The target was skipped for a reason that a person must hear of. */
  forPerson: z.literal(true).optional(),
  /** In verification: since when the target has been missing from every whole list (`absenceOf`). */
  notSeenSince: z.iso.datetime().optional(),
});
export type NodeOutcome = z.output<typeof NodeOutcome>;

export const Ladder = z.object({
  root: z.string(),
  rung: z.number().int(),
  failedAt: z.iso.datetime().optional(),
});

export const Plan = z.object({
  hash: z.string(),
  /** When it was made. */
  at: z.iso.datetime().optional(),
  request: z.unknown(),
  basis: z.unknown().optional(),
  changes: z.unknown().optional(),
  /** Remarks on the request for the person who approves it, such as fields without effect. */
  remarks: z.array(z.string()).optional(),
});

/** The fields of a remediation in any phase. */
export const Fields = z.object({
  id: z.string(),
  action: z.enum(remediationActions),
  /** The pool's id (`metadata.name`), as in every path of the API. */
  pool: z.string(),
  nodes: z.array(z.string()).optional(),
  nodePool: z.string().optional(),
  /** The node that caused an action on its node pool, as the alert or the command names it. */
  node: z.string().optional(),
  /** Whether the command named only that node, and Poolkeeper found the node pool by the node's labels. */
  nodePoolFound: z.boolean().optional(),
  parameters: z.record(z.string(), z.unknown()),
  rule: z.string().optional(),
  mode: z.enum(modes),
  reason: z.record(z.string(), z.unknown()).optional(),
  /** When the command's evidence was last seen firing. */
  evidenceAt: z.iso.datetime({ offset: true }).optional(),
  alerts: z.array(AlertReference),
  /**
   * Present if alerts caused it. `rung`: its position in the ladder of its rule, counted from 0. `root`: the first remediation of
   * the ladder. `failedAt`: when the ledger recorded that the rung did not help; from then on only the ladder may change it.
   */
  ladder: Ladder.optional(),
  /**
   * Present for a step of `onResolved`. `root`: the first remediation of the alerts' ladder. `step`: its position, counted from 0.
   * `node`: the node, as the alert named it. `undoes`: the remediations whose work this one undoes.
   */
  resolution: z
    .object({ root: z.string(), step: z.number().int(), node: z.string(), undoes: z.array(z.string()) })
    .optional(),
  /** The next remediation of the ladder. */
  escalatedTo: z.string().optional(),
  /** Hash of the command. A command with the same id and another hash is refused. */
  contentHash: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** When it entered its state. It is later than every entry before it, so it identifies this entry. */
  stateSince: z.iso.datetime().optional(),
  /** The outbox: the entries into a state whose notice a recipient may still lack. */
  untold: z.array(z.object({ state: z.enum(remediationStates), since: z.iso.datetime() })).optional(),
  /** The last entries into a state whose notice every recipient has. `at`: when the last recipient got it. */
  notified: z
    .array(z.object({ state: z.enum(remediationStates), since: z.iso.datetime(), at: z.iso.datetime() }))
    .optional(),
  /** The call of this remediation. It is known before the request is sent. */
  callId: z.string().optional(),
  jobId: z.string().optional(),
  /** If it is still at work after this time, it goes to a person. */
  deadline: z.iso.datetime().optional(),
  /** Why it is in its state, in one sentence. */
  why: z.string().optional(),
  /**
   * The number of evaluations of its guards. Each evaluation is one attempt. Only the latest attempt may go on, and an earlier one
   * releases nothing that a later one has taken.
   */
  judgements: z.number().int().optional(),
  /** When it was last judged again after it had been skipped, because its alert still fires, and how often. */
  judgedAgain: z.object({ at: z.iso.datetime(), times: z.number().int() }).optional(),
  /** How often it has been put back on its queue, and until when it waits. */
  deferrals: z.number().int().optional(),
  deferredUntil: z.iso.datetime().optional(),
  plan: Plan.optional(),
  /** When the sweep last sent its command again because nothing had happened to it, and how often in a row. */
  swept: z.object({ at: z.iso.datetime(), times: z.number().int() }).optional(),
  /** The approval of its plan: the plan's hash, the person and the time. */
  approval: z.object({ hash: z.string(), by: z.string(), at: z.iso.datetime() }).optional(),
  /** The command's settings for Poolkeeper itself. They are not part of the request to ModelArts. */
  options: z
    .object({ interruptWorkloads: z.boolean().optional(), deadline: z.string().optional() })
    .optional(),
  /** The addresses among `nodes`: the node that had each at the last judgement, and since when every reading has shown it there. */
  resolved: z.record(z.string(), z.object({ node: z.string(), since: z.iso.datetime() })).optional(),
  /**
   * The other nodes of a supernode that moves as a whole. `parts`: the remediations that together caused this, each with its
   * nodes and alerts; absent if this one caused it alone.
   */
  whole: z
    .object({
      nodes: z.array(z.string()),
      parts: z
        .array(
          z.object({
            remediation: z.string(),
            nodes: z.array(z.string()),
            alerts: z.array(AlertReference),
          }),
        )
        .optional(),
    })
    .optional(),
  /** The remediation that moves this one's node together with its supernode. */
  joinedTo: z.string().optional(),
  outcomes: z.record(z.string(), NodeOutcome),
  /** Targets that were missing from whole lists before the call, as the command names them; since when (`absenceOf`). */
  notSeen: z.record(z.string(), z.iso.datetime()).optional(),
  /** The schedule that caused it. A field of its own, because a command's `reason` is only a claim of its sender. */
  scheduledBy: z.string().optional(),
  /** How far its guards have been asked: only about its mode, or about its targets, too. */
  judged: z.enum(['mode', 'targets']).optional(),
  /** The guards that have refused it so far. */
  refusedBy: z.array(z.string()).optional(),
  /** The reason of its last deferral, and how often in a row, for reasons that make it wait longer each time. */
  putOff: z.object({ reason: z.enum(['busy', 'throttled']), times: z.int() }).optional(),
  /** When it became part of its last call, when the answer came, and when the job ended by the API's clock. */
  intendedAt: z.iso.datetime().optional(),
  answeredAt: z.iso.datetime().optional(),
  jobEndedAt: z.iso.datetime().optional(),
  /** Its calls that the API accepted. */
  acceptedCalls: z.array(z.string()).optional(),
  /** How often the API has answered for each node at once, and how often it asked for some of them later. */
  answers: z.object({ all: z.int(), later: z.int() }).optional(),
  /** It went to a person undecided, and nothing has changed it since. */
  handedOver: z.literal(true).optional(),
  /** The person who stated that nothing works on its targets any more. */
  releasedBy: z.string().optional(),
  /** The person who took it back. */
  withdrawnBy: z.string().optional(),
  /** A request of it got no answer, and the same is sent again because twice is as good as once. It may have had its effect. */
  unsure: z.literal(true).optional(),
  /** The person who ordered it, by the name of the credential. Absent: an alert, a schedule, a policy or a queue has caused it. */
  askedBy: z.string().optional(),
  /** The people who have approved its plan, in order. `judgements`: its attempt at that time. */
  consent: z
    .object({
      judgements: z.int(),
      by: z.array(z.object({ by: z.string(), note: z.string().optional() })),
    })
    .optional(),
  /** The alerts that have resolved since it was opened, each with the time of its last resolution. */
  resolvedAlerts: z.record(z.string(), z.iso.datetime({ offset: true })).optional(),
  /** When the notice of a `notify` rung was sent. */
  noticeSentAt: z.iso.datetime().optional(),
  /** The place of its receipts, which are for people: no code decides by them. Receipts are only added. */
  receiptChain: ReceiptChain,
});
export type RemediationFields = z.output<typeof Fields>;
