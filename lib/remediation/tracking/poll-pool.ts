import { BETWEEN_POOLS_MS } from '#lib/actions/migrate-nodes/verify';
import { traitsOf } from '#lib/actions/traits';
import type { Invocation } from '#lib/handler/invocation';
import type { Call } from '#lib/ledger/call';
import { createPoolReader } from '#lib/modelarts/reading/pool-reader';
import { enterAccepted } from '#lib/remediation/execution/record-call';
import type { RemediationServices } from '#lib/remediation/record/services';
import { poolOf } from '#lib/rules/pool';
import { followJob } from './follow-job.ts';
import { followState } from './follow-state.ts';
import { calledAtMs, type Look, type Looked } from './observation.ts';
import { searchJob } from './search-job.ts';
import { expireCall } from './settle.ts';

/** Jobs are asked for from this long before the oldest call: the API's clock is not ours. */
const SINCE_MARGIN_MS = 5 * 60_000;

/**
 * Looks at all given calls of one pool with one list of its jobs (and one of whatever else their verification needs), and
 * records what has changed. When the API cannot be read, nothing is known and nothing changes, except that deadlines pass.
 */
export async function lookAtPool(
  calls: readonly Call[],
  services: RemediationServices,
  invocation: Invocation,
): Promise<Looked[]> {
  const { rules, clock, modelarts } = services;
  const [first] = calls;
  if (!first) return [];
  const beganAtMs = clock.now();
  const client = modelarts(poolOf(rules, first.pool) ?? {});
  const jobsSinceMs = Math.min(...calls.map(calledAtMs)) - SINCE_MARGIN_MS;
  const reader = createPoolReader(client, { pool: first.pool, jobsSinceMs }, invocation);

  const looked: Looked[] = [];
  for (const call of calls) {
    const after = await lookAt({ call, reader, beganAtMs, services, invocation });
    const overdue = !after.ended && clock.now() >= endOf(after, services);
    if (overdue) await expireCall(after.call, after.seen, services, invocation);
    looked.push({ ...after, ended: after.ended || overdue });
  }
  return looked;
}

/** When a call is given up: at its deadline, or, once it was carried out, when every verification of it should have ended. */
function endOf({ call, seen }: Looked, { rules }: RemediationServices): number {
  const deadlineMs = Date.parse(call.deadline ?? call.createdAt);
  const isAnswered = call.answer !== undefined;
  if (seen?.kind !== 'succeeded' && !isAnswered) return deadlineMs;
  const verified = rules.rules
    .flatMap(({ ladder }) => ladder)
    .flatMap((rung) => ('verify' in rung && rung.action === call.action ? rung.verify.withinMs : 0));
  return deadlineMs + Math.max(isAnswered ? 0 : BETWEEN_POOLS_MS, ...verified);
}

async function lookAt(look: Look): Promise<Looked> {
  const { call, services, invocation } = look;
  const { until } = traitsOf(call.action);
  // The process that was told, or that adopted the job, may have died before it had told the remediations.
  const isNews = call.seen === undefined || call.seen.kind === 'search';
  if (call.state === 'accepted' && isNews) await enterAccepted(call, services, invocation);
  if (until === 'state') return followState(look);
  return call.jobId === undefined ? searchJob(look) : followJob(look);
}
