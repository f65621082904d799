import type { Logger } from '#lib/log';
import type { QueueRecord } from './queue-record.ts';

/** Keeps track of the messages of a batch that SQS must deliver again. */
export type Redelivery = {
  /** Does the work for some messages. If it fails, SQS delivers these messages, and no others, again. */
  orAgain: (records: readonly QueueRecord[], work: () => Promise<void>) => Promise<void>;
  /** The result of `onQueue`. */
  messageIds: () => string[];
};

/**
 * Receives messages whose work has failed, before their next delivery.
 *
 * @returns the ids of the messages that `OnFailure` has handled, so that they need no further delivery. Never throws.
 */
export type OnFailure = (records: readonly QueueRecord[], error: unknown) => Promise<ReadonlySet<string>>;

export function createRedelivery(log: Logger, onFailure: OnFailure): Redelivery {
  const again = new Set<string>();
  return {
    async orAgain(records, work) {
      try {
        await work();
      } catch (error) {
        log.error('the work of messages has failed', { messages: records.length, error });
        const handled = await onFailure(records, error);
        for (const { messageId } of records) if (!handled.has(messageId)) again.add(messageId);
      }
    },
    messageIds: () => [...again],
  };
}
