import { giveBack } from '#lib/capacity/give-back';
import type { Invocation } from '#lib/handler/invocation';
import type { Call } from '#lib/ledger/call';
import type { Phase, Remediation } from '#lib/ledger/remediation';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { escalate } from '#lib/remediation/escalation/escalate';
import { describeNode } from '#lib/remediation/escalation/escalation-report';
import { recordIfAllowed } from '#lib/remediation/lifecycle/move';
import { withoutWaiting } from '#lib/remediation/lifecycle/outcomes';
import { endOrRungFailed } from '#lib/remediation/lifecycle/rung-failed';
import { isRungFailed } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { JobView } from './job-view.ts';

/**
 * Records a change of a job that has not succeeded in each remediation of its call. A suspended job, and one in a phase that
 * is not known, is a case for a person at once; it is followed on, and comes back to `running` if it goes on.
 *
 * @param nodes of the pool, as they are now; undefined where they were not read.
 */
export async function recordJob(
  { id, jobId, members }: Call,
  view: Exclude<JobView, { kind: 'succeeded' }>,
  services: RemediationServices,
  invocation: Invocation,
  nodes?: readonly PoolNode[],
): Promise<void> {
  const { store, clock, rules } = services;
  const now = clock.now();
  const { phase, why } = inLedger(view, jobId ?? '');
  for (const { remediation, targets } of members) {
    const { stored, written } = await recordIfAllowed(
      store,
      remediation,
      now,
      (current) => current.callId === id && isFollowed(current),
      (current) => ({
        by: 'see-job',
        changes: endOrRungFailed(
          rules,
          current,
          {
            phase,
            why,
            ...(view.kind === 'failed' && {
              outcomes: withoutWaiting({ ...current.outcomes, ...failed(targets, why) }, why),
            }),
          },
          now,
        ),
        receipts: [
          {
            step: 'job',
            jobId,
            phase: view.kind === 'unknown' ? view.phase : view.kind,
            known: view.kind !== 'unknown',
            why,
          },
        ],
      }),
    );
    if (written) invocation.log.info(phase, { correlationId: remediation, jobId, why });
    if (view.kind !== 'failed' || !stored) continue;
    if (isRungFailed(stored)) await escalate(stored, services, invocation, describeNode(nodes, stored));
    else await giveBack(stored, 'over', services);
  }
}

const FOLLOWED: readonly Phase[] = ['undecided', 'calling', 'running', 'verifying', 'needs-human'];

/** A call's remediation for as long as something may still be seen of its job. */
export function isFollowed(remediation: Remediation): boolean {
  return !isRungFailed(remediation) && FOLLOWED.includes(remediation.phase);
}

function inLedger(
  view: Exclude<JobView, { kind: 'succeeded' }>,
  jobId: string,
): { phase: Phase; why: string } {
  switch (view.kind) {
    case 'running':
      return { phase: 'running', why: `job ${jobId} runs` };
    case 'missing':
      return { phase: 'running', why: `job ${jobId} is not in the jobs list yet` };
    case 'suspended':
      return {
        phase: 'needs-human',
        why: `job ${jobId} is suspended: it neither goes on nor ends until someone resumes it`,
      };
    case 'unknown':
      return {
        phase: 'needs-human',
        why: `job ${jobId} is in a phase that this version does not know: "${view.phase}"`,
      };
    case 'failed':
      return { phase: 'failed', why: `job ${jobId} failed: ${view.message}` };
  }
}

function failed(targets: readonly string[], why: string): Remediation['outcomes'] {
  return Object.fromEntries(targets.map((target) => [target, { state: 'failed' as const, why }]));
}
