import * as z from 'zod';
import { actions } from '#lib/actions/traits';
import { type DocumentKind } from './change.ts';
import { type DocumentKey, expiry } from './store.ts';

/**
 * The states of a call, with the meaning of each for its request:
 * `preparing`: not sent. `abandoned`: never will be. `calling`: may have been sent, and is never sent again.
 * `refused`: the API said no. `lost`: it is unknown whether it was sent. `accepted`: there is a job. `ended`: nothing left to follow.
 */
const CallState = z.enum(['preparing', 'abandoned', 'calling', 'refused', 'lost', 'accepted', 'ended']);
export type CallState = z.output<typeof CallState>;

/** The API's refusal, or the known facts about a call without an answer. */
export const CallError = z.object({
  message: z.string(),
  status: z.number().optional(),
  code: z.string().optional(),
  vendorMessage: z.string().optional(),
  requestId: z.string().optional(),
});
export type CallError = z.output<typeof CallError>;

const NodeIdentity = z.object({
  instanceId: z.string().optional(),
  resourceId: z.string().optional(),
  privateIp: z.string().optional(),
});

/** The result of one poll of a call. */
const Seen = z.discriminatedUnion('kind', [
  /**
   * Its answer was lost, and Poolkeeper searches for its job. `rivals`: another call of the pool has lost its answer, too.
   * `found`: the jobs that may be its own; absent before the first search. `noTrace`: no job can be, and nothing works on its nodes.
   */
  z.object({
    kind: z.literal('search'),
    rivals: z.boolean(),
    found: z.array(z.string()).optional(),
    noTrace: z.literal(true).optional(),
  }),
  /** Its effect was found: a job, or the changed targets. */
  z.object({ kind: z.literal('adopted') }),
  /** The state of its job in the list of jobs. */
  z.object({ kind: z.enum(['running', 'suspended', 'missing', 'failed']) }),
  z.object({ kind: z.literal('unknown'), phase: z.string() }),
  /** Its job has succeeded, and its nodes are being verified. */
  z.object({ kind: z.literal('succeeded') }),
  /** For a call without a job: whether the target has the requested state yet. */
  z.object({ kind: z.enum(['on-its-way', 'come-about']) }),
]);
export type Seen = z.output<typeof Seen>;

const Call = z.object({
  id: z.string(),
  state: CallState,
  action: z.enum(actions),
  pool: z.string(),
  /** The request body, exactly as sent. */
  request: z.record(z.string(), z.unknown()),
  /** The members: remediation ids, each with its nodes, or its node pool, in this call. */
  members: z.array(z.object({ remediation: z.string(), targets: z.array(z.string()) })),
  createdAt: z.iso.datetime(),
  /** The intent: from here on the request may have been sent. */
  callingAt: z.iso.datetime().optional(),
  /** The process that holds the intent sends before this time or not at all. */
  sendBefore: z.iso.datetime().optional(),
  /** After it Poolkeeper gives the job up, and hands its remediations to a person. */
  deadline: z.iso.datetime().optional(),
  jobId: z.string().optional(),
  /** Identifies each node after the call, where the call may change its name. */
  identities: z.record(z.string(), NodeIdentity).optional(),
  /** The API's immediate answer for each node, where there is no job. */
  answer: z
    .object({
      succeeded: z.array(z.string()),
      failed: z.record(z.string(), z.string()),
      /** The failed nodes that the API may accept later. */
      later: z.array(z.string()).optional(),
    })
    .optional(),
  /** How the API accepted it, where this was no plain yes. */
  note: z.string().optional(),
  error: CallError.optional(),
  /** It got no answer, and counts as refused because twice is as good as once. It may have had its effect. */
  unsure: z.literal(true).optional(),
  /** When the next poll is due. If this is long past, the message for the poll was lost. */
  nextLookAt: z.iso.datetime().optional(),
  /** The number of polls so far. It shows when two messages ask for the same poll; one of them is dropped. */
  looks: z.number().int(),
  /** The result of the last poll, so that only changes are recorded. */
  seen: Seen.optional(),
  /** When a poll first had this result. Absent in documents of earlier versions. */
  seenSince: z.iso.datetime().optional(),
  /** The last result when the search for its job ended. From then on it adopts no job, because its nodes may be released. */
  givenUp: Seen.optional(),
});
export type Call = z.output<typeof Call>;

/**
 * The partitions of `by-state` that hold calls: the first while a call may still have news, the second after it, if it had a job.
 * A call moves between them once. Its own fields say more.
 */
export const OPEN_CALLS = 'call-open';
export const ENDED_CALLS = 'call-ended';
const partitions: Partial<Record<CallState, string>> = {
  preparing: OPEN_CALLS,
  calling: OPEN_CALLS,
  lost: OPEN_CALLS,
  accepted: OPEN_CALLS,
  ended: ENDED_CALLS,
};

export const callKind: DocumentKind<Call> = {
  name: 'call',
  schema: Call,
  index: ({ id, state, createdAt }) => ({
    ...(partitions[state] && { state: partitions[state], stateKey: `${createdAt}#${id}` }),
    ...expiry(createdAt),
  }),
};

/**
 * Whether a call must be polled. `calling`: the process that holds the intent died, or has not yet recorded the answer.
 */
export function isFollowed({ state }: Pick<Call, 'state'>): boolean {
  return state === 'calling' || state === 'lost' || state === 'accepted';
}

export function callKey(id: string): DocumentKey {
  return { pk: `call#${id}`, sk: '-' };
}

/** The call that a job belongs to. A job has one owner, and a lost call may adopt only a job without an owner. */
const JobOwner = z.object({ jobId: z.string(), pool: z.string(), callId: z.string(), at: z.iso.datetime() });
export type JobOwner = z.output<typeof JobOwner>;

export const jobOwnerKind: DocumentKind<JobOwner> = {
  name: 'job owner',
  schema: JobOwner,
  index: ({ at }) => expiry(at),
};

export function jobOwnerKey(pool: string, jobId: string): DocumentKey {
  return { pk: `job#${pool}#${jobId}`, sk: '-' };
}
