import type { Queue, QueueMessage } from '#lib/aws/queue';
import type { Process, ProcessWorld } from '../engine/process.ts';

/** A message on a queue. */
export type Message = {
  messageId: string;
  body: string;
  attributes: Record<string, string>;
  sentAtMs: number;
  /** Who sent it. */
  by: string;
  visibleAtMs: number;
  receives: number;
};

/** One delivery of a message to a function. */
export type Delivery = { message: Message; receiveCount: number };

export type QueueSettings = {
  name: string;
  visibilityMs: number;
  maxReceives: number;
  batchSize: number;
  batchingWindowMs: number;
  concurrency: number;
  /** Whether `history` is kept. */
  keepsHistory: boolean;
};

/** A standard queue of SQS: at least once, in no order, with a dead-letter queue behind it. */
export type SimulatedQueue = {
  settings: QueueSettings;
  /** As one process sends to it. */
  senderOf(process: Process): Queue;
  put(message: QueueMessage, by: string): Message;
  /** Everything that is on it, also what is being worked on. */
  messages(): Message[];
  /** Every message there ever was, if that is kept. */
  history: Message[];
  /** A person empties it: only messages that a sweep can find go, also those in work. */
  purge(): void;
};

/** Whether a sweep can find the content of a message. Nothing is known about a notice after the first try to send it. */
function isKnown({ body, by, receives }: Pick<Message, 'body' | 'by' | 'receives'>): boolean {
  const isNotice = /"kind":"(remediation|rung|incident)"/.test(body);
  const isLost =
    isNotice && (receives > 0 || by.startsWith('notify#') || !body.includes('"kind":"remediation"'));
  return by.includes('#') && !isLost;
}

export class QueueError extends Error {
  override name = 'QueueError';
}

/**
 * @param invoke runs the function for a batch: comes back with the messages that must be delivered again, or undefined if
 * the function failed or died.
 * @param redrive where messages go that were received too often.
 */
export function createQueue(
  settings: QueueSettings,
  { scheduler, chance, fate, trace }: ProcessWorld,
  newMessageId: () => string,
  invoke?: (batch: readonly Delivery[]) => Promise<ReadonlySet<string> | undefined>,
  redrive?: (message: Message) => void,
): SimulatedQueue {
  const { name } = settings;
  const waiting = new Map<string, Message>();
  const history: Message[] = [];
  let running = 0;
  let polls = 0;
  let pollAtMs = Number.POSITIVE_INFINITY;

  function put(
    { body, delaySeconds = 0, attributes = {} }: QueueMessage,
    by: string,
    isLost = false,
  ): Message {
    const messageId = newMessageId();
    const late = fate.decide(`${name}/${messageId}/put`, { late: 0.03 });
    const now = scheduler.now();
    const lateMs = late === 'late' ? chance.between(1, 240, `${messageId}/late`) * 1000 : 0;
    const message = {
      messageId,
      body,
      attributes,
      sentAtMs: now,
      by,
      visibleAtMs: now + Math.min(Math.max(Math.ceil(delaySeconds), 0), 900) * 1000 + lateMs,
      receives: 0,
    };
    if (lateMs > 0) trace(name, `keeps ${messageId} back for ${lateMs / 1000} s`);
    if (settings.keepsHistory) history.push(message);
    if (isLost) return message;
    waiting.set(messageId, message);
    pollSoon(message.visibleAtMs);
    return message;
  }

  function pollSoon(atMs: number): void {
    if (!invoke) return;
    const dueMs = Math.max(atMs, scheduler.now());
    if (pollAtMs <= dueMs && pollAtMs >= scheduler.now()) return;
    pollAtMs = dueMs;
    polls += 1;
    const waitMs = chance.between(5, settings.batchingWindowMs, `${name}/poll/${polls}`);
    scheduler.at(dueMs + waitMs, () => {
      pollAtMs = Number.POSITIVE_INFINITY;
      poll();
    });
  }

  function poll(): void {
    const now = scheduler.now();
    const visible = [...waiting.values()].filter(({ visibleAtMs }) => visibleAtMs <= now);
    if (visible.length === 0) return pollNext();
    if (running >= settings.concurrency) return;
    polls += 1;
    const key = `${name}/batch/${polls}`;
    // Small batches meet each other in functions that run at the same time.
    const size = chance.happens(0.4, `${key}/small`)
      ? chance.between(1, 3, `${key}/size`)
      : settings.batchSize;
    const batch: Delivery[] = [];
    for (const message of chance.shuffle(visible, key).slice(0, size)) {
      message.receives += 1;
      if (message.receives > settings.maxReceives) {
        waiting.delete(message.messageId);
        trace(name, `gives ${message.messageId} up after ${settings.maxReceives} deliveries`);
        redrive?.(message);
        continue;
      }
      const mishap = fate.decide(`${name}/${message.messageId}/${message.receives}`, {
        'delivered-twice': 0.05,
      });
      message.visibleAtMs =
        mishap === undefined
          ? now + settings.visibilityMs
          : now + chance.between(0, 90, `${message.messageId}/again`) * 1000;
      if (mishap !== undefined) {
        trace(name, `will deliver ${message.messageId} again while it is being worked on`);
        pollSoon(message.visibleAtMs);
      }
      batch.push({ message, receiveCount: message.receives });
    }
    if (batch.length > 0) void work(batch);
    pollNext();
  }

  async function work(batch: readonly Delivery[]): Promise<void> {
    running += 1;
    const again = await invoke?.(batch);
    running -= 1;
    for (const { message } of batch) {
      if (!again || again.has(message.messageId)) {
        const key = `${name}/${message.messageId}/${message.receives}/forgotten`;
        if (!isKnown(message) || !fate.decide(key, { forgotten: 0.01 })) continue;
        trace(name, `never delivers ${message.messageId} again`);
        waiting.delete(message.messageId);
        continue;
      }
      const mishap = fate.decide(`${name}/${message.messageId}/${message.receives}/delete`, {
        undeleted: 0.02,
      });
      if (mishap === undefined) waiting.delete(message.messageId);
      else trace(name, `forgets that ${message.messageId} was deleted`);
    }
    pollNext();
  }

  function pollNext(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const { visibleAtMs } of waiting.values()) next = Math.min(next, visibleAtMs);
    if (Number.isFinite(next)) pollSoon(next);
  }

  return {
    settings,
    put,
    history,
    messages: () => [...waiting.values()],
    purge() {
      const found = [...waiting.values()].filter(isKnown);
      for (const { messageId } of found) waiting.delete(messageId);
      trace(name, `is emptied: ${found.map(({ messageId }) => messageId).join(', ') || 'nothing'}`);
    },
    senderOf: (process) => ({
      async send(messages) {
        if (messages.length === 0) return;
        await process.run({
          label: `send ${messages.length} to ${name}`,
          takesMs: [2, 20],
          mishaps: {
            'fails-before': 0.008,
            'fails-midway': 0.006,
            'fails-after': 0.008,
            // A queue without a function behind it keeps what it has.
            ...(invoke && { lost: 0.01 }),
          },
          effect: () => {
            for (const message of messages) put(message, process.name);
          },
          spoilt(mishap, effect) {
            if (mishap === 'slow') return effect();
            if (mishap === 'lost') {
              for (const message of messages)
                put(message, process.name, isKnown({ ...message, by: process.name, receives: 0 }));
              return;
            }
            if (mishap === 'fails-midway')
              for (const message of messages.slice(0, 1)) put(message, process.name);
            if (mishap === 'fails-after') effect();
            throw new QueueError('the queue does not say whether it took the messages');
          },
        });
      },
    }),
  };
}
