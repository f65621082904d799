import type { DeclaredFunction } from '../declaration.ts';
import { hasDeadLetters } from '../environment.ts';
import { deadLetterQueueId, deadLetters, named, queueId } from '../names.ts';
import {
  DEAD_LETTER_RETENTION_SECONDS,
  MESSAGE_RETENTION_SECONDS,
  visibilityTimeoutSeconds,
} from '../queue-numbers.ts';
import { arn, type Resources, STAGE } from './resource.ts';

/** The queue of a function and its dead-letter queue, if it has them. */
export function queueResources(declared: DeclaredFunction): Resources {
  const { name, trigger } = declared;
  if (!hasDeadLetters(trigger)) return {};
  const deadLetterQueue = {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: named(STAGE, deadLetters(name)),
      MessageRetentionPeriod: DEAD_LETTER_RETENTION_SECONDS,
      SqsManagedSseEnabled: true,
    },
  };
  if (trigger.kind !== 'queue') return { [deadLetterQueueId(name)]: deadLetterQueue };
  return {
    [queueId(name)]: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: named(STAGE, name),
        VisibilityTimeout: visibilityTimeoutSeconds(declared),
        MessageRetentionPeriod: MESSAGE_RETENTION_SECONDS,
        SqsManagedSseEnabled: true,
        RedrivePolicy: {
          deadLetterTargetArn: arn(deadLetterQueueId(name)),
          maxReceiveCount: trigger.maxReceives,
        },
      },
    },
    [deadLetterQueueId(name)]: deadLetterQueue,
  };
}
