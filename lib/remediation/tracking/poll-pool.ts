import { BETWEEN_POOLS_MS } from '#lib/actions/migrate-nodes/verify';
import { traitsOf } from '#lib/actions/traits';
import type { Invocation } from '#lib/handler/invocation';
import type { Call } from '#lib/ledger/call';
import { keepSnapshots } from '#lib/ledger/snapshot/keep-snapshot';
import { createPoolReader } from '#lib/modelarts/reading/pool-reader';
import { completeAccepted } from '#lib/remediation/execution/record-call';
import type { RemediationServices } from '#lib/remediation/record/services';
import { poolOf } from '#lib/rules/pool';
import { followJob } from './follow-job.ts';
import { followState } from './follow-state.ts';
import type { Poll, Polled } from './observation.ts';
import { searchJob } from './search-job.ts';
import { expireCall } from './settle.ts';

/** The list of jobs begins this long before the oldest call, because the API's clock may differ from ours. */
const SINCE_MARGIN_MS = 5 * 60_000;

/** A reading of a pool, and a time before which it has read nothing, epoch milliseconds. */
export type PoolReading = Pick<Poll, 'reader' | 'beganAtMs'>;

/** Begins a reading of a pool for calls that were made at these times. Epoch milliseconds. */
export function beginReading(
  pool: string,
  calledAt: readonly number[],
  services: RemediationServices,
  invocation: Invocation,
): PoolReading {
  const { rules, clock, modelarts } = services;
  const client = modelarts(poolOf(rules, pool) ?? {});
  const jobsSinceMs = Math.min(...calledAt) - SINCE_MARGIN_MS;
  const of = { pool, jobsSinceMs, keep: keepSnapshots(services) };
  return { beganAtMs: clock.now(), reader: createPoolReader(client, of, invocation) };
}

/**
 * Polls all given calls of one pool with one list of its jobs, and one of each other list that their verification needs. It records
 * the changes. If the API cannot be read, nothing is known and nothing changes, except that deadlines pass.
 */
export async function pollPool(
  calls: readonly Call[],
  reading: PoolReading,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Polled[]> {
  const polled: Polled[] = [];
  for (const call of calls) {
    const after = await pollCall({ call, ...reading, services, invocation });
    const overdue = !after.ended && services.clock.now() >= endOf(after, services);
    if (overdue) await expireCall(after.call, after.seen, services, invocation);
    polled.push({ ...after, ended: after.ended || overdue });
  }
  return polled;
}

/** When a call is given up, epoch milliseconds: at its deadline, or after its success at the end of its longest verification. */
function endOf({ call, seen }: Polled, { rules }: RemediationServices): number {
  const deadlineMs = Date.parse(call.deadline ?? call.createdAt);
  const isAnswered = call.answer !== undefined;
  if (seen?.kind !== 'succeeded' && !isAnswered) return deadlineMs;
  const verified = rules.rules
    .flatMap(({ ladder }) => ladder)
    .flatMap((rung) => ('verify' in rung && rung.action === call.action ? rung.verify : []))
    .map(({ withinMs, healthyForMs }) => withinMs + healthyForMs);
  return deadlineMs + Math.max(isAnswered ? 0 : BETWEEN_POOLS_MS, ...verified);
}

async function pollCall(poll: Poll): Promise<Polled> {
  const { call, services, invocation } = poll;
  const { until } = traitsOf(call.action);
  // The process that got the answer, or adopted the job, may have died before it recorded this in the remediations.
  const isNews = call.seen === undefined || call.seen.kind === 'search';
  if (call.state === 'accepted' && isNews) await completeAccepted(call, services, invocation);
  if (until === 'state') return followState(poll);
  return call.jobId === undefined ? searchJob(poll) : followJob(poll);
}
