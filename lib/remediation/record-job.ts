import type { Invocation } from '#lib/handler/invocation';
import type { Call } from '#lib/ledger/call';
import type { Remediation } from '#lib/ledger/remediation';
import { endTargets } from './end-targets.ts';
import type { JobView } from './job-view.ts';
import { record } from './outcome.ts';
import { withoutWaiting } from './refusal.ts';
import type { RemediationServices } from './services.ts';

/**
 * Records a change of a job that has not succeeded in each remediation of its call. A suspended job, and one in a phase that
 * is not known, is a case for a person at once; it is followed on, and comes back to `running` if it goes on.
 */
export async function recordJob(
  { id, jobId, members }: Call,
  view: Exclude<JobView, { kind: 'succeeded' }>,
  services: RemediationServices,
  { log }: Invocation,
): Promise<void> {
  const { store, clock } = services;
  const { state, why } = inLedger(view, jobId ?? '');
  for (const { remediation, targets } of members) {
    const stored = await record(
      store,
      remediation,
      clock.now(),
      (current) => current.callId === id && isFollowed(current),
      ({ outcomes }) => ({
        changes: {
          state,
          why,
          ...(view.kind === 'failed' && {
            outcomes: withoutWaiting({ ...outcomes, ...failed(targets, why) }, why),
          }),
        },
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
    if (view.kind === 'failed' && stored) await endTargets(stored, services);
    log.info(state, { correlationId: remediation, jobId, why });
  }
}

/** A call's remediation for as long as something may still be seen of its job. */
export function isFollowed({ state }: Remediation): boolean {
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
