import * as z from 'zod';
import { inTurn } from '#lib/concurrency';
import { type AwsServiceOptions, createJsonCall } from './json-call.ts';
import {
  type Entry,
  MAX_DELAY_SECONDS,
  MessageTooLargeError,
  toBatchEntry,
  toBatches,
} from './queue-batches.ts';

export type QueueMessage = {
  body: string;
  /** 0 to 900: the range of SQS. */
  delaySeconds?: number;
  /** Texts beside the body, such as the reason of a dead letter. An empty one is omitted. */
  attributes?: Record<string, string>;
};

/** A destination of messages. */
export type Queue = {
  /**
   * Stores every message, or throws. After a throw some may have been stored.
   *
   * @throws MessageTooLargeError for one that SQS would never accept; then none has been stored
   */
  send(messages: readonly QueueMessage[]): Promise<void>;
};

export { MAX_DELAY_SECONDS, MessageTooLargeError };

/** Limit of concurrent requests of one call. */
const BATCHES_AT_ONCE = 8;

/** Retries for messages that SQS does not accept. */
const ATTEMPTS = 6;

const BatchAnswer = z.looseObject({
  Failed: z
    .array(
      z.looseObject({
        Id: z.string(),
        Code: z.string().optional(),
        Message: z.string().optional(),
        SenderFault: z.boolean().optional(),
      }),
    )
    .default([]),
});

/** An SQS queue, by its URL. */
export function createQueue(queueUrl: string, options: AwsServiceOptions): Queue {
  const call = createJsonCall('sqs', options);

  async function sendBatch(batch: readonly Entry[]): Promise<void> {
    let entries = batch;
    for (let attempt = 1; ; attempt += 1) {
      const { Failed: failed } = BatchAnswer.parse(
        await call('SendMessageBatch', { QueueUrl: queueUrl, Entries: entries }),
      );
      const [first] = failed;
      if (!first) return;
      if (attempt === ATTEMPTS || failed.some(({ SenderFault }) => SenderFault)) {
        throw new Error(
          `SQS did not take ${failed.length} of ${batch.length} messages: ${first.Code} ${first.Message}`,
        );
      }
      entries = entries.filter(({ Id }) => failed.some((failure) => failure.Id === Id));
      await options.backoff?.(attempt);
    }
  }

  return {
    async send(messages) {
      await inTurn(toBatches(messages.map(toBatchEntry)), BATCHES_AT_ONCE, sendBatch);
    },
  };
}
