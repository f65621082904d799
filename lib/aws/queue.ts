import * as z from 'zod';
import { inTurn } from '#lib/concurrency';
import { type AwsServiceOptions, createJsonCall } from './json-call.ts';
import { type Entry, entryOf, MAX_DELAY_SECONDS, MessageTooLargeError, toBatches } from './queue-batches.ts';

export type QueueMessage = {
  body: string;
  /** 0 to 900: SQS delays no longer. */
  delaySeconds?: number;
  /** Texts beside the body, such as the reason of a dead letter; an empty one is left out. */
  attributes?: Record<string, string>;
};

/** Where messages are put. */
export type Queue = {
  /**
   * Stores every message, or throws: after a throw some may have been stored.
   *
   * @throws MessageTooLargeError for one that SQS would never take; then none has been stored
   */
  send(messages: readonly QueueMessage[]): Promise<void>;
};

export { MAX_DELAY_SECONDS, MessageTooLargeError };

/** So many requests of one call are under way at the same time. */
const BATCHES_AT_ONCE = 8;

/** What SQS does not take is sent again so often. */
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
      await inTurn(toBatches(messages.map(entryOf)), BATCHES_AT_ONCE, sendBatch);
    },
  };
}
