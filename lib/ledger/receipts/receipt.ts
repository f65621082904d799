import * as z from 'zod';
import { modes } from '#lib/rules/mode';

/** A list or an object that is cut where receipts have grown too large, and a value that is only shown. */
const Shown = z.unknown().optional();
const Text = z.string().optional();
const Names = z.array(z.string()).optional();
const Flag = z.boolean().optional();

/** A refusal, or what is known of a call without an answer. */
const Failure = {
  message: Text,
  status: z.number().optional(),
  code: Text,
  vendorMessage: Text,
  requestId: Text,
};

function kind<const Step extends string, Fields extends z.ZodRawShape>(step: Step, fields: Fields) {
  return z.object({ at: z.iso.datetime(), step: z.literal(step), ...fields });
}

/** Every kind of receipt with its fields. */
const Receipt = z.discriminatedUnion('step', [
  /** What a remediation began with: an alert, a command, a policy, a time of the calendar, or a resolution. */
  kind('event', {
    source: Shown,
    messageId: Text,
    by: Text,
    policies: Names,
    schedule: Text,
    scheduledAt: Text,
    fingerprint: Text,
    startsAt: Text,
    reopened: z.number().optional(),
    labels: Shown,
    alerts: z.number().optional(),
    status: Text,
    resolvedAt: Text,
  }),
  /** Which action a rule has chosen for the event. */
  kind('decision', {
    rule: z.string(),
    pool: Text,
    rung: z.number().optional(),
    onResolved: z.number().optional(),
    node: Text,
    action: Text,
    mode: z.enum(modes),
  }),
  /** Whether a firing of the calendar is carried out. */
  kind('schedule', { allowed: z.boolean(), why: z.string() }),
  /** How many nodes a schedule has selected. */
  kind('selection', {
    selected: z.number(),
    listed: z.number(),
    unreadable: z.number().optional(),
    part: z.number().optional(),
    parts: z.number().optional(),
  }),
  /** What a guard has said, of one target, of several, or of every one. */
  kind('guard', {
    guard: z.string(),
    allowed: z.boolean(),
    why: z.string(),
    until: Text,
    defers: Flag,
    handsOver: Flag,
    unknown: Flag,
    target: Text,
    targets: Names,
    everyTarget: z.number().optional(),
  }),
  /** The command was put off until a time, or given up. */
  kind('defer', { until: Text, why: Text, gaveUp: Flag, busy: Flag, throttled: Flag, ...Failure }),
  /** What became of a plan. */
  kind('approval', {
    decision: z.enum(['approved', 'seconded', 'rejected', 'expired', 'void']),
    hash: Text,
    by: Text,
    note: Text,
    why: Text,
    approved: Text,
    plan: Text,
  }),
  kind('intent', { callId: z.string(), targets: Names }),
  /** What the API said to a call. `unknown`: its answer was lost. */
  kind('call', {
    outcome: z.enum(['accepted', 'refused', 'unknown']),
    callId: Text,
    joined: z.number().optional(),
    request: Shown,
    targets: Names,
    note: Text,
    ...Failure,
  }),
  /** What the API said at once of each node. */
  kind('answer', { callId: z.string(), succeeded: z.number(), failed: Shown, later: z.number().optional() }),
  kind('job', {
    jobId: Text,
    phase: z.string(),
    known: Flag,
    endedAt: Text,
    deadline: Text,
    why: Text,
  }),
  /** How a target stands by what was read. */
  kind('verify', {
    target: z.string(),
    state: z.string(),
    why: Text,
    comeAboutAt: Text,
    healthySince: Text,
    notKnown: Flag,
    notSeenSince: Text,
  }),
  kind('deadline', { deadline: Text, seen: z.string(), why: z.string() }),
  /** The ladder goes on: `to` the next remediation, or `from` the one before. */
  kind('escalation', { to: Text, from: Text, action: Text, why: Text }),
  /** What a person is told who takes over where a ladder ends. */
  kind('handover', {
    rule: z.string(),
    pool: z.string(),
    nodes: z.array(z.string()),
    alerts: z.array(z.unknown()),
    rungs: z.array(z.unknown()),
    shows: Text,
    lookAt: z.array(z.string()),
  }),
  /** The command was handed to a person before it was decided. */
  kind('handed-over', { why: z.string() }),
  /** A command that was handed over has come again. */
  kind('redrive', { messageId: Text }),
  kind('judged-again', { times: z.number() }),
  /** An alert has fired on after a success. */
  kind('still-firing', { alerts: Names, seenAt: z.string(), succeededAt: z.string(), within: z.string() }),
  /** An alert has resolved. */
  kind('evidence', { alert: z.string(), status: z.string(), resolvedAt: z.string() }),
  /** The notice of a rung was sent. */
  kind('notice', { severity: Text }),
  /** A supernode goes as a whole. */
  kind('whole', { nodes: Names, parts: Shown }),
  /** Another remediation moves this one's node. */
  kind('joined', { to: z.string() }),
  /** The sweep has found it. */
  kind('sweep', { why: z.string(), gaveUp: Flag }),
  /** A person gave its targets back. */
  kind('release', { by: z.string(), targets: Names, jobId: Text, why: z.string(), note: Text }),
  /** Receipts that were left out for want of room. */
  kind('omitted', { count: z.number(), until: z.string(), why: z.string() }),
]);
export type Receipt = z.output<typeof Receipt>;

/** A receipt that is not dated yet. */
export type NewReceipt<Kind = Receipt> = Kind extends unknown ? Omit<Kind, 'at'> : never;

export function isReceipt(value: unknown): value is Receipt {
  return Receipt.safeParse(value).success;
}

/** Receipts as they are stored: what another version has added to one stays. */
export const Receipts = z.array(z.custom<Receipt>(isReceipt, 'is not a receipt of this version'));
