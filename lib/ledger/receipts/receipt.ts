import * as z from 'zod';
import { modes } from '#lib/rules/mode';

/** A value for people only. It may be cut if the receipts are too large. */
const Shown = z.unknown().optional();
const Text = z.string().optional();
const Names = z.array(z.string()).optional();
const Flag = z.boolean().optional();

/** A refusal, or the known facts about a call without an answer. */
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
export const Receipt = z.discriminatedUnion('step', [
  /** The beginning of a remediation: an alert, a command, a policy, a time of the calendar, or a resolution. */
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
  /** The action that a rule has chosen for the event. */
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
  /** The verdict of a guard, about one target, several, or all of them. */
  kind('guard', {
    guard: z.string(),
    allowed: z.boolean(),
    why: z.string(),
    until: Text,
    defers: Flag,
    behind: Text,
    handsOver: Flag,
    unknown: Flag,
    target: Text,
    targets: Names,
    everyTarget: z.number().optional(),
  }),
  /** The command was deferred until a time, or given up. `guards`: those that defer it. `behind`: an older one that goes first. */
  kind('defer', {
    until: Text,
    why: Text,
    guards: Names,
    behind: Text,
    gaveUp: Flag,
    busy: Flag,
    throttled: Flag,
    ...Failure,
  }),
  /** A decision about a plan, or its end without one. */
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
  /** The API's answer to a call. `unknown`: the answer was lost. */
  kind('call', {
    outcome: z.enum(['accepted', 'refused', 'unknown']),
    callId: Text,
    joined: z.number().optional(),
    request: Shown,
    targets: Names,
    note: Text,
    ...Failure,
  }),
  /** The API's immediate answer for each node. */
  kind('answer', { callId: z.string(), succeeded: z.number(), failed: Shown, later: z.number().optional() }),
  kind('job', {
    jobId: Text,
    phase: z.string(),
    known: Flag,
    endedAt: Text,
    deadline: Text,
    why: Text,
  }),
  /** The state of a target in a reading. */
  kind('verify', {
    target: z.string(),
    state: z.string(),
    why: Text,
    comeAboutAt: Text,
    healthySince: Text,
    brokenSince: Text,
    notKnown: Flag,
    notSeenSince: Text,
  }),
  kind('deadline', { deadline: Text, seen: z.string(), why: z.string() }),
  /** The ladder goes on: `to` the next remediation, or `from` the one before. */
  kind('escalation', { to: Text, from: Text, action: Text, why: Text }),
  /** The facts for the person who takes over at the end of a ladder. */
  kind('handover', {
    rule: z.string(),
    pool: z.string(),
    nodes: z.array(z.string()),
    alerts: z.array(z.unknown()),
    rungs: z.array(z.unknown()),
    shows: Text,
    lookAt: z.array(z.string()),
  }),
  /** The command went to a person undecided. */
  kind('handed-over', { why: z.string() }),
  /** A command that went to a person undecided has come again. */
  kind('redrive', { messageId: Text, by: Text }),
  kind('judged-again', { times: z.number() }),
  /** An alert still fires after a success. */
  kind('still-firing', { alerts: Names, seenAt: z.string(), succeededAt: z.string(), within: z.string() }),
  /** An alert has resolved, or its sender has lost sight of it. */
  kind('evidence', { alert: z.string(), status: z.string(), resolvedAt: z.string(), why: Text }),
  /** The notice of a rung was sent. */
  kind('notice', { severity: Text }),
  /** A supernode goes as a whole. */
  kind('whole', { nodes: Names, parts: Shown }),
  /** Another remediation moves this one's node. */
  kind('joined', { to: z.string() }),
  /** The sweep has found it as unfinished work. */
  kind('sweep', { why: z.string(), gaveUp: Flag }),
  /** A person released its targets. */
  kind('release', { by: z.string(), targets: Names, jobId: Text, why: z.string(), note: Text }),
  /** A person took it back. */
  kind('withdrawn', { by: z.string(), note: Text }),
  /** Receipts that were left out because there is no room for them. */
  kind('omitted', { count: z.number(), until: z.string(), why: z.string() }),
]);
export type Receipt = z.output<typeof Receipt>;

/** A receipt without its time. */
export type NewReceipt<Kind = Receipt> = Kind extends unknown ? Omit<Kind, 'at'> : never;

export function isReceipt(value: unknown): value is Receipt {
  return Receipt.safeParse(value).success;
}

/** Receipts as they are stored. Fields that another version has added to one stay. */
export const Receipts = z.array(z.custom<Receipt>(isReceipt, 'is not a receipt of this version'));
