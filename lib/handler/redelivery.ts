import type { Logger } from '#lib/log';
import type { QueueRecord } from './queue-record.ts';

/** Keeps track of the messages of a batch that have to be delivered again. */
export type Redelivery = {
  /** Does the work that some messages ask for; when it fails, they, and no others, are delivered again. */
  orAgain: (records: readonly QueueRecord[], work: () => Promise<void>) => Promise<void>;
  /** What `onQueue` is to return. */
  messageIds: () => string[];
};

export function createRedelivery(log: Logger): Redelivery {
  const again = new Set<string>();
  return {
    async orAgain(records, work) {
      try {
        await work();
      } catch (error) {
        log.error('messages are delivered again', { messages: records.length, error });
        for (const { messageId } of records) again.add(messageId);
      }
    },
    messageIds: () => [...again],
  };
}
