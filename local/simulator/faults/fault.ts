import * as z from 'zod';
import { oddities } from '../odd-replies/oddity.ts';
import { endpointNames } from '../routes/route-table.ts';

/** What a fault applies to; what is left out matches everything. */
const FaultMatch = z.strictObject({
  endpoint: z.enum(endpointNames).optional(),
  /** A pool's id or its display name. */
  pool: z.string().min(1).optional(),
  /** A node's name: in the path, among the names in the body, or under work in a job. */
  node: z.string().min(1).optional(),
  nodePool: z.string().min(1).optional(),
});

const frame = {
  match: FaultMatch.default({}),
  /** How often it happens before it is used up; without it, for ever. */
  count: z.int().positive().optional(),
  /** How likely it happens at each match, 0 to 1. @default 1 */
  probability: z.number().min(0).max(1).default(1),
  /** For so many simulated seconds from when it is added; without it, until it is used up or removed. */
  lastsSeconds: z.number().positive().optional(),
};

const fault = <Kind extends string, Shape extends z.core.$ZodLooseShape>(kind: Kind, shape: Shape) =>
  z.strictObject({ kind: z.literal(kind), ...frame, ...shape });

const message = z.string().min(1);

/** After this many nodes of the job are done, it happens halfway through the next. @default 0 */
const afterNodes = z.int().nonnegative().default(0);

/**
 * Something that goes wrong. Requests fail only after their signature was found right; jobs are marked when they are
 * created, by the request that creates them; `stays-broken` and `partial-update` are asked for node by node.
 */
export const Fault = z.discriminatedUnion('kind', [
  /** The answer comes `delayMs` real milliseconds late. */
  fault('slow', { delayMs: z.int().positive() }),
  /** 429 `APIGW.0308`; nothing was done. With `Retry-After` if `retryAfterSeconds` is given. */
  fault('throttled', { retryAfterSeconds: z.int().nonnegative().optional() }),
  /** 500, 502, 503 or 504; nothing was done. */
  fault('server-error', { status: z.literal([500, 502, 503, 504]).default(503) }),
  /** The work was done, but the answer does not come: the connection is destroyed, or the gateway says 504. */
  fault('lost-answer', {
    instead: z.enum(['connection-destroyed', 'status-504']).default('connection-destroyed'),
  }),
  /** 401 `APIGW.0301` for a request that was signed right. */
  fault('unauthenticated', {}),
  /** Any refusal, for example 404 for one node. */
  fault('refused', {
    status: z.int().min(400).max(499),
    code: z.string().min(1),
    message: message.default('refused by the simulator'),
  }),
  /**
   * The answer to a reading is odd, under status 200: `odd-replies/oddity.ts` says in which ways. `stale`: one of the last five
   * answers to the same request. For a reading that is refused there is `refused`.
   */
  fault('odd-reply', { oddity: z.enum([...oddities, 'stale']) }).refine(
    ({ match: { endpoint } }) => endpoint === undefined || /^(list|show)-/.test(endpoint),
    { path: ['match', 'endpoint'], error: 'must be one that reads: list-… or show-…' },
  ),
  /** The job stops: neither finished nor advancing, its nodes in work stay out, `suspend` is true. */
  fault('suspended-job', { afterNodes }),
  /** The job ends as `Failed`; its nodes in work end `Abnormal`, those not begun stay as they were. */
  fault('failed-job', {
    afterNodes,
    message: message.default('reset node failed: the node did not come up in time'),
  }),
  /** The job does its work but ends with a phase that no page knows. */
  fault('unknown-job-phase', { phase: z.string().min(1).default('Terminated') }),
  /** The job does not show for its first `forSeconds` simulated seconds: in the list only, or nowhere. */
  fault('hidden-job', {
    forSeconds: z.number().positive(),
    from: z.enum(['list', 'everywhere']).default('list'),
  }),
  /** The node comes back from its reset `Abnormal`, though the job succeeds. */
  fault('stays-broken', {}),
  /** batch-update reports the node as failed, inside a 200. */
  fault('partial-update', {}),
]);
export type Fault = z.output<typeof Fault>;
export type FaultInput = z.input<typeof Fault>;
export type FaultKind = Fault['kind'];
export type FaultOf<Kind extends FaultKind> = Extract<Fault, { kind: Kind }>;
