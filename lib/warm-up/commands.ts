import type { Clock } from '#lib/clock';
import type { QueueFunction } from '#lib/handler/on-queue';
import type { RemediationServices } from '#lib/remediation/record/services';
import { SAMPLE_NODE, SAMPLE_POOL } from './sample-names.ts';
import { sampleRemediationServices } from './sample-remediation-services.ts';

/** Lets the function of an action carry out a sample of its command, on the services of a sample. */
export function warmCommands(
  action: string,
  parameters: Record<string, unknown>,
  handle: QueueFunction<RemediationServices>['handle'],
  clock: Clock,
): () => Promise<readonly string[]> {
  return async function warm() {
    const { invocation, ...services } = sampleRemediationServices(clock);
    const now = clock.now();
    const command = {
      id: 'warm-up',
      action,
      pool: SAMPLE_POOL,
      nodes: [SAMPLE_NODE],
      parameters,
      evidenceAt: new Date(now),
      mode: 'act',
    };
    const record = { messageId: 'warm-up', body: JSON.stringify(command), sentAtMs: now, receiveCount: 1 };
    return handle([record], services, invocation);
  };
}
