import type { QueueMessage } from './queue.ts';

/** SQS accepts ten messages, and 1 MiB in all, in one request. A message's attributes count (SendMessageBatch). */
const MAX_MESSAGES = 10;
const MAX_BYTES = 1024 * 1024;

export const MAX_DELAY_SECONDS = 900;

/** Characters that are not text for SQS: it refuses a message with one of them (SendMessage, "MessageBody"). */
const NOT_TEXT = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** An entry of a SendMessageBatch. */
export type Entry = {
  Id: string;
  MessageBody: string;
  DelaySeconds: number;
  MessageAttributes: Record<string, { DataType: 'String'; StringValue: string }>;
};

/** A message that SQS would never accept. */
export class MessageTooLargeError extends Error {
  override name = 'MessageTooLargeError';
}

export function toBatchEntry(
  { body, delaySeconds = 0, attributes = {} }: QueueMessage,
  index: number,
): Entry {
  return {
    Id: String(index),
    MessageBody: body,
    DelaySeconds: Math.min(Math.max(Math.ceil(delaySeconds), 0), MAX_DELAY_SECONDS),
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes)
        .filter(([, text]) => text !== '')
        .map(([name, text]) => [
          name,
          { DataType: 'String', StringValue: text.replaceAll(NOT_TEXT, '\u{fffd}') },
        ]),
    ),
  };
}

/**
 * The entries in their order, in as few requests as SQS allows.
 *
 * @throws MessageTooLargeError when one alone is more than a request may hold
 */
export function toBatches(entries: readonly Entry[]): Entry[][] {
  const batches: Entry[][] = [];
  let room = 0;
  for (const entry of entries) {
    const bytes = sizeOf(entry);
    if (bytes > MAX_BYTES)
      throw new MessageTooLargeError(`a message has ${bytes} bytes; SQS takes ${MAX_BYTES} at most`);
    const current = batches.at(-1);
    if (!current || bytes > room || current.length === MAX_MESSAGES) {
      batches.push([]);
      room = MAX_BYTES;
    }
    batches.at(-1)?.push(entry);
    room -= bytes;
  }
  return batches;
}

function sizeOf({ MessageBody, MessageAttributes }: Entry): number {
  const texts = Object.entries(MessageAttributes).flatMap(([name, { DataType, StringValue }]) => [
    name,
    DataType,
    StringValue,
  ]);
  return [MessageBody, ...texts].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
