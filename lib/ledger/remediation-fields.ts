import * as z from 'zod';
import { remediationActions } from '#lib/actions/traits';
import { modes } from '#lib/rules/mode';
import { remediationStates } from '#lib/rules/state';
import { ReceiptChain } from './receipts/receipt-chain.ts';

/**
 * One episode of an alert that speaks for a remediation: what its source calls the alert, when that says that it began, and
 * how often it was reopened since (absent: never).
 */
const AlertReference = z.object({
  fingerprint: z.string(),
  startsAt: z.iso.datetime({ offset: true }),
  opening: z.int().optional(),
});
export type AlertReference = z.output<typeof AlertReference>;

/** How one node of a remediation stands. A remediation of one node has one; its own state follows from them. */
export const NodeOutcome = z.object({
  state: z.enum(['skipped', 'waiting', 'running', 'verifying', 'succeeded', 'failed']),
  why: z.string().optional(),
  /** Of a node pool: since when it is as it should be, while the node on whose behalf it was changed is verified. */
  comeAboutAt: z.iso.datetime().optional(),
  /** Since when the node has been seen healthy without a break, in verification. */
  healthySince: z.iso.datetime().optional(),
  /** Of a target that has failed: how it is was not known when the time for it was over. */
  notKnown: z.literal(true).optional(),
  /** Of a target that was skipped: why that is so is a case for a person, who has to be told of it. */
  forPerson: z.literal(true).optional(),
  /** Since when the target has been missing from whole lists without a break, in verification (`absenceOf`). */
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

/** What a remediation has in any phase. */
export const Fields = z.object({
  id: z.string(),
  action: z.enum(remediationActions),
  /** The pool's id (`metadata.name`), as in every path of the API. */
  pool: z.string(),
  nodes: z.array(z.string()).optional(),
  nodePool: z.string().optional(),
  /** Of what is about a node pool: the node on whose behalf, as its alert or command names it. */
  node: z.string().optional(),
  /** Whether the command named that node alone, and its node pool was found by its labels. */
  nodePoolFound: z.boolean().optional(),
  parameters: z.record(z.string(), z.unknown()),
  rule: z.string().optional(),
  mode: z.enum(modes),
  reason: z.record(z.string(), z.unknown()).optional(),
  /** When what the command rests on was last seen to be true. */
  evidenceAt: z.iso.datetime({ offset: true }).optional(),
  alerts: z.array(AlertReference),
  /**
   * Of what alerts led to: its rung in the ladder of its rule, counted from 0, and the remediation that the ladder began with.
   * `failedAt`: since when the rung is known not to have helped; nothing but the ladder goes on from there.
   */
  ladder: Ladder.optional(),
  /**
   * Present for a step of `onResolved`. `root`: the first remediation of the alerts' ladder. `step`: its position, counted from 0.
   * `node`: the node, as the alert named it. `undoes`: the remediations whose work this one undoes.
   */
  resolution: z
    .object({ root: z.string(), step: z.number().int(), node: z.string(), undoes: z.array(z.string()) })
    .optional(),
  /** The remediation with which the ladder has gone on. */
  escalatedTo: z.string().optional(),
  /** Hash of what was asked for: the same id with another one is refused. */
  contentHash: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** When it came into its state. Later than every time it came into one before: each entry into a state is known by it. */
  stateSince: z.iso.datetime().optional(),
  /** The outbox: the entries into a state whose notice a recipient may still lack. */
  untold: z.array(z.object({ state: z.enum(remediationStates), since: z.iso.datetime() })).optional(),
  /** The last entries into a state whose notice every recipient has, and since when. */
  notified: z
    .array(z.object({ state: z.enum(remediationStates), since: z.iso.datetime(), at: z.iso.datetime() }))
    .optional(),
  /** The call this remediation is part of, from before the request is sent. */
  callId: z.string().optional(),
  jobId: z.string().optional(),
  /** Past it a person is told. */
  deadline: z.iso.datetime().optional(),
  /** Why it is in its state, in one sentence. */
  why: z.string().optional(),
  /**
   * How often its guards have been evaluated. Each time is an attempt of its own: of two at the same moment only the later may
   * go on, and an earlier one gives back nothing that the later has taken.
   */
  judgements: z.number().int().optional(),
  /** When it was last judged again after it had been skipped, as its alert still fires, and how often. */
  judgedAgain: z.object({ at: z.iso.datetime(), times: z.number().int() }).optional(),
  /** How often it has been put back on its queue, and until when it waits. */
  deferrals: z.number().int().optional(),
  deferredUntil: z.iso.datetime().optional(),
  plan: Plan.optional(),
  /** When its command was last put on its queue again because nothing had happened to it, and how often in a row. */
  swept: z.object({ at: z.iso.datetime(), times: z.number().int() }).optional(),
  /** Which plan a person has approved, who, and when. */
  approval: z.object({ hash: z.string(), by: z.string(), at: z.iso.datetime() }).optional(),
  /** What Poolkeeper itself may do, beyond the vendor's request. */
  options: z
    .object({ interruptWorkloads: z.boolean().optional(), deadline: z.string().optional() })
    .optional(),
  /** The addresses among `nodes`, each with the node that bore it when the guards looked last, and since when it did so without a break. */
  resolved: z.record(z.string(), z.object({ node: z.string(), since: z.iso.datetime() })).optional(),
  /**
   * The other nodes of the supernode that goes as a whole. `parts`: the remediations that asked for it together, each with its
   * nodes and alerts; absent where this one stands for the whole.
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
  /** The remediation that moves this one's node as a part of a whole supernode. */
  joinedTo: z.string().optional(),
  outcomes: z.record(z.string(), NodeOutcome),
  /** Targets, as the command names them, that were missing from whole lists before the call: each since when (`absenceOf`). */
  notSeen: z.record(z.string(), z.iso.datetime()).optional(),
  /** The schedule that it came from: what its event says, as what a command says of its reason is anybody's word. */
  scheduledBy: z.string().optional(),
  /** How far its guards have been asked: its mode alone, or what they say of its targets. */
  judged: z.enum(['mode', 'targets']).optional(),
  /** The guards that have refused it so far. */
  refusedBy: z.array(z.string()).optional(),
  /** Why it was put off last, and how often in a row, where that makes it wait longer each time. */
  putOff: z.object({ reason: z.enum(['busy', 'throttled']), times: z.int() }).optional(),
  /** When it became part of its last call, what was answered, and when the job was first seen ended, by the API's clock. */
  intendedAt: z.iso.datetime().optional(),
  answeredAt: z.iso.datetime().optional(),
  jobEndedAt: z.iso.datetime().optional(),
  /** The calls that were accepted for it. */
  acceptedCalls: z.array(z.string()).optional(),
  /** How often the API has answered at once for each node, and how often it put some of them off until later. */
  answers: z.object({ all: z.int(), later: z.int() }).optional(),
  /** It was handed to a person undecided, and nothing has become of it since. */
  handedOver: z.literal(true).optional(),
  /** The person who said that nothing works on its targets any more. */
  releasedBy: z.string().optional(),
  /** Who has approved of its plan, the first one first, and how often its guards had been evaluated by then. */
  consent: z
    .object({
      judgements: z.int(),
      by: z.array(z.object({ by: z.string(), note: z.string().optional() })),
    })
    .optional(),
  /** The alerts that have resolved since it was opened, each with the time of its last resolution. */
  resolvedAlerts: z.record(z.string(), z.iso.datetime({ offset: true })).optional(),
  /** When the notice of a rung that only tells somebody was sent. */
  noticeSentAt: z.iso.datetime().optional(),
  /** Where its receipts are, for people: nothing is decided by them. They are only ever added. */
  receiptChain: ReceiptChain,
});
export type RemediationFields = z.output<typeof Fields>;
