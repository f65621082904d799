import type { Logger } from '#lib/log';
import type { QueueRecord } from './queue-record.ts';

/** Keeps track of the messages of a batch that have to be delivered again. */
export type Redelivery = {
  /** Does the work that some messages ask for; when it fails, they, and no others, are delivered again. */
  orAgain: (records: readonly QueueRecord[], work: () => Promise<void>) => Promise<void>;
  /** What `onQueue` is to return. */
  messageIds: () => string[];
};

/**
 * Told of messages whose work has failed, before they are delivered again.
 *
 * @returns the ids of those that have been dealt with otherwise, and need not come again. Never throws.
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
        const dealtWith = await onFailure(records, error);
        for (const { messageId } of records) if (!dealtWith.has(messageId)) again.add(messageId);
      }
    },
    messageIds: () => [...again],
  };
}
