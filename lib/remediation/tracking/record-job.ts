import { release } from '#lib/capacity/release';
import type { Invocation } from '#lib/handler/invocation';
import type { Call } from '#lib/ledger/call';
import type { Remediation } from '#lib/ledger/remediation';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { escalate } from '#lib/remediation/escalation/escalate';
import { describeNode } from '#lib/remediation/escalation/escalation-report';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { isFollowed, type OpenJob, phaseBy, seeJob } from '#lib/remediation/lifecycle/see-job';
import { isRungFailed } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';

/**
 * Records a change of a job that has not succeeded, in each remediation of its call. A suspended job, and one in an unknown phase,
 * goes to a person at once. It is still followed, and its remediation returns to `running` if it goes on.
 *
 * @param job `beganAtMs`: when the poll began, epoch milliseconds. `isNews`: the poll before has seen something else. If not, only
 * a remediation that a slower poll has left in another phase is changed.
 * @param nodes of the pool, as they are now; undefined if they were not read.
 */
export async function recordJob(
  { id, jobId, members }: Call,
  job: OpenJob & { beganAtMs: number; isNews: boolean },
  services: RemediationServices,
  invocation: Invocation,
  nodes?: readonly PoolNode[],
): Promise<void> {
  const { clock, rules } = services;
  const now = clock.now();
  for (const { remediation, targets } of members) {
    const { stored, written } = await recordRemediation(services, remediation, now, (current) =>
      isFollowed(current) &&
      current.callId === id &&
      (job.isNews || current.phase !== phaseBy(job)) &&
      !isOutdated(job, current)
        ? seeJob(rules, current, { jobId, targets }, job, now)
        : undefined,
    );
    if (written && stored)
      invocation.log.info(stored.state, { correlationId: remediation, jobId, why: stored.why });
    if (job.kind !== 'failed' || !stored) continue;
    if (isRungFailed(stored)) await escalate(stored, services, invocation, describeNode(nodes, stored));
    else await release(stored, 'over', services);
  }
}

/** Whether a slow poll only says that a job goes on, while the remediation has changed since the poll began. */
function isOutdated(
  { kind, beganAtMs }: Pick<OpenJob, 'kind'> & { beganAtMs: number },
  { stateSince, createdAt }: Remediation,
): boolean {
  return (kind === 'running' || kind === 'missing') && Date.parse(stateSince ?? createdAt) > beganAtMs;
}
