import { endTargets } from '#lib/capacity/end-targets';
import type { Invocation } from '#lib/handler/invocation';
import type { Call } from '#lib/ledger/call';
import type { Remediation } from '#lib/ledger/remediation';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { climb } from '#lib/remediation/escalation/escalate';
import { nodeInWords } from '#lib/remediation/escalation/escalation-report';
import { unlessRung } from '#lib/remediation/escalation/ladder';
import { isRungFailed, recordIf } from '#lib/remediation/record/outcome';
import { withoutWaiting } from '#lib/remediation/record/refusal';
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
  const { state, why } = inLedger(view, jobId ?? '');
  for (const { remediation, targets } of members) {
    const { stored, written } = await recordIf(
      store,
      remediation,
      now,
      (current) => current.callId === id && isFollowed(current),
      (current) => ({
        changes: unlessRung(
          rules,
          current,
          {
            state,
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
    if (written) invocation.log.info(state, { correlationId: remediation, jobId, why });
    if (view.kind !== 'failed' || !stored) continue;
    if (isRungFailed(stored)) await climb(stored, services, invocation, nodeInWords(nodes, stored));
    else await endTargets(stored, services);
  }
}

/** A call's remediation for as long as something may still be seen of its job. */
export function isFollowed(remediation: Remediation): boolean {
  const { state } = remediation;
  if (isRungFailed(remediation)) return false;
  return state === 'submitting' || state === 'running' || state === 'verifying' || state === 'needs-human';
}

function inLedger(
  view: Exclude<JobView, { kind: 'succeeded' }>,
  jobId: string,
): { state: Remediation['state']; why: string } {
  switch (view.kind) {
    case 'running':
      return { state: 'running', why: `job ${jobId} runs` };
    case 'missing':
      return { state: 'running', why: `job ${jobId} is not in the jobs list yet` };
    case 'suspended':
      return {
        state: 'needs-human',
        why: `job ${jobId} is suspended: it neither goes on nor ends until someone resumes it`,
      };
    case 'unknown':
      return {
        state: 'needs-human',
        why: `job ${jobId} is in a phase that this version does not know: "${view.phase}"`,
      };
    case 'failed':
      return { state: 'failed', why: `job ${jobId} failed: ${view.message}` };
  }
}

function failed(targets: readonly string[], why: string): Remediation['outcomes'] {
  return Object.fromEntries(targets.map((target) => [target, { state: 'failed' as const, why }]));
}
