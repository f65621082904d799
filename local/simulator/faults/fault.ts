import * as z from 'zod';
import { oddities } from '../odd-replies/oddity.ts';
import { endpointNames } from '../routes/route-table.ts';

/** The targets of a fault. An absent field matches everything. */
const FaultMatch = z.strictObject({
  endpoint: z.enum(endpointNames).optional(),
  /** A pool's id or its display name. */
  pool: z.string().min(1).optional(),
  /** A node's name: in the path, among the names in the body, or at work in a job. */
  node: z.string().min(1).optional(),
  nodePool: z.string().min(1).optional(),
});

const frame = {
  match: FaultMatch.default({}),
  /** How often it happens before it is used up. Absent: without end. */
  count: z.int().positive().optional(),
  /** Its probability at each match, 0 to 1. @default 1 */
  probability: z.number().min(0).max(1).default(1),
  /** Its lifetime in simulated seconds. Absent: until it is used up or removed. */
  lastsSeconds: z.number().positive().optional(),
};

const fault = <Kind extends string, Shape extends z.core.$ZodLooseShape>(kind: Kind, shape: Shape) =>
  z.strictObject({ kind: z.literal(kind), ...frame, ...shape });

const message = z.string().min(1);

/** It happens halfway through the next node after this many nodes of the job are done. @default 0 */
const afterNodes = z.int().nonnegative().default(0);

/**
 * A deliberate failure. Requests fail only after their signature was accepted. The request that creates a job marks it.
 * `stays-broken` and `partial-update` apply to each node by itself.
 */
export const Fault = z.discriminatedUnion('kind', [
  /** The answer comes `delayMs` real milliseconds late. */
  fault('slow', { delayMs: z.int().positive() }),
  /** 429 `APIGW.0308`; nothing was done. With `Retry-After` if `retryAfterSeconds` is given. */
  fault('throttled', { retryAfterSeconds: z.int().nonnegative().optional() }),
  /** 500, 502, 503 or 504; nothing was done. */
  fault('server-error', { status: z.literal([500, 502, 503, 504]).default(503) }),
  /** The work was done, but no answer comes: the simulator destroys the connection, or the gateway says 504. */
  fault('lost-answer', {
    instead: z.enum(['connection-destroyed', 'status-504']).default('connection-destroyed'),
  }),
  /** 401 `APIGW.0301` for a correctly signed request. */
  fault('unauthenticated', {}),
  /** Any refusal, for example 404 for one node. */
  fault('refused', {
    status: z.int().min(400).max(499),
    code: z.string().min(1),
    message: message.default('refused by the simulator'),
  }),
  /**
   * An odd answer to a reading under status 200; `odd-replies/oddity.ts` lists the ways. `stale`: one of the last five
   * answers to the same request. `refused` refuses a reading.
   */
  fault('odd-reply', { oddity: z.enum([...oddities, 'stale']) }).refine(
    ({ match: { endpoint } }) => endpoint === undefined || /^(list|show)-/.test(endpoint),
    { path: ['match', 'endpoint'], error: 'must be one that reads: list-… or show-…' },
  ),
  /** The job stops: neither finished nor advancing; its present nodes stay out, `suspend` is true. */
  fault('suspended-job', { afterNodes }),
  /** The job ends as `Failed`. Its present nodes end `Abnormal`, and the others stay as they were. */
  fault('failed-job', {
    afterNodes,
    message: message.default('reset node failed: the node did not come up in time'),
  }),
  /** The job does its work but ends with an unknown phase. */
  fault('unknown-job-phase', { phase: z.string().min(1).default('Terminated') }),
  /** The job is invisible for its first `forSeconds` simulated seconds: only in the list, or everywhere. */
  fault('hidden-job', {
    forSeconds: z.number().positive(),
    from: z.enum(['list', 'everywhere']).default('list'),
  }),
  /** The node comes back from its reset `Abnormal`, although the job succeeds. */
  fault('stays-broken', {}),
  /** batch-update reports the node as failed, inside a 200. */
  fault('partial-update', {}),
]);
export type Fault = z.output<typeof Fault>;
export type FaultInput = z.input<typeof Fault>;
export type FaultKind = Fault['kind'];
export type FaultOf<Kind extends FaultKind> = Extract<Fault, { kind: Kind }>;
