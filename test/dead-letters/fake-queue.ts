import type { Queue, QueueMessage } from '#lib/aws/queue';
import type { ReadableQueue, ReceivedMessage } from '#lib/aws/readable-queue';
import type { DeadLetterQueue } from '#lib/dead-letters/read-letters';

/** A queue of dead letters in memory that hides what it hands over, as SQS does. */
export function createFakeLetters(functionName: string, now: () => number, { hasQueue = true } = {}) {
  type Held = Omit<ReceivedMessage, 'receiptHandle'> & { hiddenUntilMs: number; handle: number };
  const held: Held[] = [];
  const sent: QueueMessage[] = [];
  let handles = 0;
  let ids = 0;
  /** How many messages one request hands over at most, and what happens before a step. */
  const manners = { batch: 10, before: (_step: string): void => {} };

  const letters: ReadableQueue = {
    count: () => {
      manners.before('count');
      const hidden = held.filter(({ hiddenUntilMs }) => hiddenUntilMs > now()).length;
      return Promise.resolve({ visible: held.length - hidden, hidden });
    },
    receive: ({ hideSeconds }) => {
      manners.before('receive');
      const visible = held.filter(({ hiddenUntilMs }) => hiddenUntilMs <= now()).slice(0, manners.batch);
      for (const message of visible) {
        handles += 1;
        message.handle = handles;
        message.hiddenUntilMs = now() + hideSeconds * 1_000;
      }
      return Promise.resolve(
        visible.map(({ hiddenUntilMs: _until, handle, ...message }) => ({
          ...message,
          receiptHandle: String(handle),
        })),
      );
    },
    release: (receiptHandles) => {
      manners.before('release');
      for (const message of held)
        if (receiptHandles.includes(String(message.handle))) message.hiddenUntilMs = 0;
      return Promise.resolve();
    },
    remove: (receiptHandle) => {
      manners.before('remove');
      const index = held.findIndex(({ handle }) => String(handle) === receiptHandle);
      if (index !== -1) held.splice(index, 1);
      return Promise.resolve();
    },
  };
  const source: Queue = {
    send: (messages) => {
      manners.before('send');
      sent.push(...messages);
      return Promise.resolve();
    },
  };
  const queue: DeadLetterQueue = { functionName, letters, ...(hasQueue && { source }) };

  return {
    queue,
    manners,
    /** The messages that were sent back. */
    sent,
    /** The ids of the letters that are there, hidden or not. */
    ids: () => held.map(({ messageId }) => messageId),
    hidden: () => held.filter(({ hiddenUntilMs }) => hiddenUntilMs > now()).length,
    bury(body: object | string, attributes: Record<string, string> = {}): string {
      ids += 1;
      const messageId = `${functionName}-${String(ids).padStart(4, '0')}`;
      held.push({
        messageId,
        body: typeof body === 'string' ? body : JSON.stringify(body),
        sentAtMs: now(),
        attributes,
        hiddenUntilMs: 0,
        handle: 0,
      });
      return messageId;
    },
  };
}
