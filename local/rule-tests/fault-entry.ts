import * as z from 'zod';
import { problemsIn } from '#lib/issues';
import { Duration, PositiveDuration } from '#lib/rules/file/duration';
import { Fault } from '#local/simulator/faults/fault';
import { oddities } from '#local/simulator/odd-replies/oddity';
import { endpointNames } from '#local/simulator/routes/route-table';

/** The faults of the simulator that a test of rules may ask for. */
const KINDS = [
  'slow',
  'throttled',
  'server-error',
  'lost-answer',
  'unauthenticated',
  'refused',
  'odd-reply',
  'suspended-job',
  'failed-job',
  'unknown-job-phase',
  'hidden-job',
  'stays-broken',
  'partial-update',
] as const;

const SECOND_MS = 1000;

/** A misbehaviour of the API: a fault of the simulator, with the time of its beginning. */
export const FaultEntry = z
  .strictObject({
    at: Duration.prefault('0s').describe('When it begins, from the start of the test.'),
    kind: z.enum(KINDS).describe('The misbehaviour. docs/rules/tests.md describes each.'),
    endpoint: z.enum(endpointNames).exactOptional().describe('Only requests to this endpoint.'),
    pool: z.string().min(1).exactOptional().describe('Only requests about this pool, by its name.'),
    node: z.string().min(1).exactOptional().describe('Only requests and jobs about this node.'),
    nodePool: z.string().min(1).exactOptional().describe('Only requests about this node pool.'),
    times: z.int().positive().exactOptional().describe('How often it happens. Absent: without end.'),
    for: PositiveDuration.exactOptional().describe(
      'For slow: how late an answer comes. For hidden-job: how long the job is hidden. Otherwise: how long the fault is in force.',
    ),
    status: z.int().exactOptional().describe('For refused and server-error: the status of the answer.'),
    code: z.string().min(1).exactOptional().describe('For refused: the error code.'),
    message: z.string().min(1).exactOptional().describe('For refused and failed-job: the words.'),
    phase: z
      .string()
      .min(1)
      .exactOptional()
      .describe('For unknown-job-phase: the phase in which the job ends.'),
    oddity: z
      .enum([...oddities, 'stale'])
      .exactOptional()
      .describe('For odd-reply: what is odd about the answer.'),
  })
  .transform(({ at, kind, endpoint, pool, node, nodePool, times, for: forMs, ...more }, context) => {
    const match = { endpoint, pool, node, nodePool };
    const fault = Fault.safeParse({
      kind,
      match: Object.fromEntries(Object.entries(match).filter(([, value]) => value !== undefined)),
      ...(times !== undefined && { count: times }),
      ...timeOf(kind, forMs),
      ...more,
    });
    if (fault.success) return { at, fault: fault.data };
    for (const { path, reason } of problemsIn(fault.error.issues))
      context.addIssue({ code: 'custom', path: keyOf(path), message: reason });
    return z.NEVER;
  });

function timeOf(kind: (typeof KINDS)[number], forMs: number | undefined): object {
  if (kind === 'slow') return { delayMs: forMs ?? 5 * SECOND_MS };
  if (forMs === undefined) return kind === 'hidden-job' ? { forSeconds: 60 } : {};
  return kind === 'hidden-job' ? { forSeconds: forMs / SECOND_MS } : { lastsSeconds: forMs / SECOND_MS };
}

/** The key of the entry that a field of the fault comes from. */
function keyOf(path: readonly PropertyKey[]): PropertyKey[] {
  const last = path.at(-1);
  return last === undefined ? [] : [last];
}
