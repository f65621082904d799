import type { Remediation } from '#lib/ledger/remediation';
import { isRungFailed } from '#lib/remediation/record/outcome';
import type { Rules } from '#lib/rules/rules';
import type { JobView } from '../tracking/job-view.ts';
import { type Changes, type Recorded, transition } from './move.ts';
import { withoutWaiting, withState } from './outcomes.ts';
import { endOrRungFailed } from './rung.ts';
import { canStart, type Subject } from './transitions.ts';

type JobPhase = 'running' | 'needs-human' | 'failed';

/** A job that has not succeeded. */
export type OpenJob = Exclude<JobView, { kind: 'succeeded' }>;

/** Whether the job of a remediation's call may still change the remediation. */
export function isFollowed(remediation: Remediation): remediation is Subject<'see-job'> {
  return !isRungFailed(remediation) && canStart(remediation, 'see-job');
}

/**
 * The job of a remediation runs, stands still or has failed. A suspended job and a job in an unknown phase go to a person at once.
 * `poll-jobs` still follows them, and the remediation runs again if the job goes on.
 *
 * @param targets of the remediation in this call.
 */
export function seeJob(
  rules: Rules,
  current: Subject<'see-job'>,
  { jobId, targets }: { jobId: string | undefined; targets: readonly string[] },
  job: OpenJob,
  now: number,
): Recorded {
  const changes = changesBy(job, jobId ?? '');
  const { why = '' } = changes;
  const failed = withState(current, targets, { state: 'failed', why });
  return transition(
    current,
    'see-job',
    job.kind === 'failed'
      ? endOrRungFailed(rules, current, { ...changes, outcomes: withoutWaiting(failed, why) }, now)
      : changes,
    {
      step: 'job',
      jobId,
      phase: job.kind === 'unknown' ? job.phase : job.kind,
      known: job.kind !== 'unknown',
      why,
    },
  );
}

/** The phase of a remediation whose job is so. */
export function phaseBy(job: OpenJob): JobPhase {
  return changesBy(job, '').phase;
}

function changesBy(job: OpenJob, jobId: string): Changes<JobPhase> & { phase: JobPhase } {
  switch (job.kind) {
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
        why: `job ${jobId} is in a phase that this version does not know: "${job.phase}"`,
      };
    case 'failed':
      return { phase: 'failed', why: `job ${jobId} failed: ${job.message}` };
  }
}
