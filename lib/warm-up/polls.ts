import type { Clock } from '#lib/clock';
import type { QueueFunction } from '#lib/handler/on-queue';
import { type Call, callKey } from '#lib/ledger/call';
import type { RemediationServices } from '#lib/remediation/record/services';
import { RESET_PARAMETERS, SAMPLE_JOB, SAMPLE_NODE, SAMPLE_POOL } from './sample-names.ts';
import { sampleRemediationServices } from './sample-remediation-services.ts';

/** Lets `poll-jobs` look at a running job of a sample, on the services of a sample. */
export function warmPolls(
  handle: QueueFunction<RemediationServices>['handle'],
  clock: Clock,
): () => Promise<readonly string[]> {
  return async function warm() {
    const { invocation, ...services } = sampleRemediationServices(clock);
    const now = clock.now();
    const at = new Date(now).toISOString();
    const value: Call = {
      id: 'warm-up',
      state: 'accepted',
      action: 'reset-nodes',
      pool: SAMPLE_POOL,
      request: { nodeNames: [SAMPLE_NODE], ...RESET_PARAMETERS },
      members: [{ remediation: 'warm-up', targets: [SAMPLE_NODE] }],
      createdAt: at,
      callingAt: at,
      deadline: new Date(now + 3_600_000).toISOString(),
      nextLookAt: at,
      looks: 0,
      jobId: SAMPLE_JOB,
    };
    await services.store.put({ ...callKey('warm-up'), version: 1, writeId: 'warm-up', value }, 0);
    const probe = { kind: 'job', jobId: SAMPLE_JOB };
    const message = { callId: 'warm-up', pool: SAMPLE_POOL, probe, look: 0, dueAt: at };
    const record = { messageId: 'warm-up', body: JSON.stringify(message), sentAtMs: now, receiveCount: 1 };
    return handle([record], services, invocation);
  };
}
