import type { CloudDescription, MappingDescription } from './description.ts';
import { TemplateError } from './template-error.ts';

/**
 * Refuses what AWS refuses when a stack is deployed, because it is cheaper to learn it here. Sources: AWS Lambda
 * Developer Guide, "Configuring an Amazon SQS queue to use with Lambda" and "Configuring scaling behavior for SQS event
 * source mappings"; CreateEventSourceMapping and CreateFunction in the API reference.
 *
 * @throws {TemplateError}
 */
export function assertDeployable({ functions, queues, mappings }: Omit<CloudDescription, 'warnings'>): void {
  for (const { logicalId, timeoutSeconds } of functions) {
    if (timeoutSeconds < 1 || timeoutSeconds > 900) {
      throw new TemplateError(
        `Resources.${logicalId}.Properties.Timeout`,
        `${timeoutSeconds} s is not within 1 to 900 s`,
      );
    }
  }
  for (const mapping of mappings) {
    assertBatchable(mapping);
    const queue = queues.find(({ name }) => name === mapping.queueName);
    const target = functions.find(({ name }) => name === mapping.functionName);
    if (queue && target && queue.visibilityTimeoutSeconds < target.timeoutSeconds) {
      throw new TemplateError(
        `Resources.${queue.logicalId}.Properties.VisibilityTimeout`,
        `${queue.visibilityTimeoutSeconds} s is less than the timeout of ${target.logicalId}, ${target.timeoutSeconds} s: ` +
          'a message would be delivered again while it is still being worked on',
      );
    }
  }
}

function assertBatchable({
  logicalId,
  batchSize,
  batchingWindowSeconds,
  maximumConcurrency,
}: MappingDescription): void {
  const path = `Resources.${logicalId}.Properties`;
  if (batchSize > 10 && batchingWindowSeconds < 1) {
    throw new TemplateError(
      `${path}.MaximumBatchingWindowInSeconds`,
      `must be 1 or more for a BatchSize of ${batchSize} (over 10)`,
    );
  }
  if (maximumConcurrency !== undefined && (maximumConcurrency < 2 || maximumConcurrency > 1000)) {
    throw new TemplateError(
      `${path}.ScalingConfig.MaximumConcurrency`,
      `${maximumConcurrency} is not within 2 to 1000`,
    );
  }
}
