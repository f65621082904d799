import * as z from 'zod';
import { actions } from '#lib/actions/traits';
import { type DocumentKind } from './change.ts';
import { expiry } from './remediation.ts';
import type { DocumentKey } from './store.ts';

/**
 * The states of a call, and what each says about the request:
 * `preparing`: not sent. `abandoned`: never will be. `calling`: may have been sent, and is never sent again.
 * `refused`: the API said no. `lost`: it was sent or not, nobody knows. `accepted`: there is a job. `ended`: nothing left to follow.
 */
const CallState = z.enum(['preparing', 'abandoned', 'calling', 'refused', 'lost', 'accepted', 'ended']);
export type CallState = z.output<typeof CallState>;

/** The API's refusal, or what is known of a call that got no answer. */
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

/** What a look has seen of a call. */
const Seen = z.discriminatedUnion('kind', [
  /**
   * Its answer was lost, and its job is looked for. `rivals`: another call of the pool was seen to have lost its answer, too.
   * `found`: the jobs that may be its own; absent before the first search. `noTrace`: no job can be, and nobody works on its nodes.
   */
  z.object({
    kind: z.literal('search'),
    rivals: z.boolean(),
    found: z.array(z.string()).optional(),
    noTrace: z.literal(true).optional(),
  }),
  /** What it did was found. */
  z.object({ kind: z.literal('adopted') }),
  /** Its job, as the jobs list has it. */
  z.object({ kind: z.enum(['running', 'suspended', 'missing', 'failed']) }),
  z.object({ kind: z.literal('unknown'), phase: z.string() }),
  /** It was carried out, and its nodes are verified. */
  z.object({ kind: z.literal('succeeded') }),
  /** Of a call without a job: whether what it was to bring about is there. */
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
  /** Whose call it is: remediation ids, each with its nodes, or its node pool, in this call. */
  members: z.array(z.object({ remediation: z.string(), targets: z.array(z.string()) })),
  createdAt: z.iso.datetime(),
  /** The intent: from here on the request may have been sent. */
  callingAt: z.iso.datetime().optional(),
  /** The process that holds the intent sends before this time or not at all. */
  sendBefore: z.iso.datetime().optional(),
  /** Past it the job is given up and a person is told. */
  deadline: z.iso.datetime().optional(),
  jobId: z.string().optional(),
  /** By what each node can be told after the call besides its name, where the call may change that. */
  identities: z.record(z.string(), NodeIdentity).optional(),
  /** What the API said at once about each node, where there is no job. */
  answer: z
    .object({
      succeeded: z.array(z.string()),
      failed: z.record(z.string(), z.string()),
      /** Those of the failed that the API may take later. */
      later: z.array(z.string()).optional(),
    })
    .optional(),
  /** How the API accepted it, where it was not simply a yes. */
  note: z.string().optional(),
  error: CallError.optional(),
  /** When it is to be looked at next: long past it, the message that says so was lost. */
  nextLookAt: z.iso.datetime().optional(),
  /** How often it has been looked at: of two follow messages for one look, one is dropped. */
  looks: z.number().int(),
  /** The last thing seen of the job, so that only changes are recorded. */
  seen: Seen.optional(),
  /** What was seen when the search for its job was given up: from then on it adopts none, as its nodes may be given back. */
  givenUp: Seen.optional(),
});
export type Call = z.output<typeof Call>;

/**
 * The partitions of `by-state` in which calls are found: while something may still be found out about them, and afterwards if they had a
 * job. A call moves there once: its own fields say more.
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
 * Whether there is something left to be seen of a call. `calling`: the process that holds the intent died, or has not yet
 * written down what it was answered.
 */
export function isFollowed({ state }: Pick<Call, 'state'>): boolean {
  return state === 'calling' || state === 'lost' || state === 'accepted';
}

export function callKey(id: string): DocumentKey {
  return { pk: `call#${id}`, sk: '-' };
}

/** Which call a job belongs to: a job has one owner, and a lost call may adopt only one that nobody owns. */
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
