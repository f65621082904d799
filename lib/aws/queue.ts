import * as z from 'zod';
import { type AwsServiceOptions, createJsonCall } from './json-call.ts';

export type QueueMessage = {
  body: string;
  /** 0 to 900: SQS delays no longer. */
  delaySeconds?: number;
  /** Texts beside the body, such as the reason of a dead letter; an empty one is left out. */
  attributes?: Record<string, string>;
};

/** Where messages are put. */
export type Queue = {
  /** Stores every message, or throws: after a throw some may have been stored. */
  send(messages: readonly QueueMessage[]): Promise<void>;
};

/** SQS takes ten messages, and 1 MiB in all, in one request. */
const BATCH_MESSAGES = 10;
export const MAX_DELAY_SECONDS = 900;
const ATTEMPTS = 3;

/** What is no text to SQS: it refuses a message for one such character (SendMessage, "MessageBody"). */
const NOT_TEXT = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

const BatchAnswer = z.looseObject({
  Failed: z
    .array(z.looseObject({ Id: z.string(), Code: z.string().optional(), Message: z.string().optional() }))
    .default([]),
});

/** An SQS queue, by its URL. */
export function createQueue(queueUrl: string, options: AwsServiceOptions): Queue {
  const call = createJsonCall('sqs', options);

  async function sendBatch(messages: readonly QueueMessage[]): Promise<void> {
    let entries = messages.map((message, index) => entry(message, String(index)));
    for (let attempt = 1; ; attempt += 1) {
      const { Failed: failed } = BatchAnswer.parse(
        await call('SendMessageBatch', { QueueUrl: queueUrl, Entries: entries }),
      );
      const [first] = failed;
      if (!first) return;
      if (attempt === ATTEMPTS) {
        throw new Error(
          `SQS did not take ${failed.length} of ${messages.length} messages: ${first.Code} ${first.Message}`,
        );
      }
      entries = entries.filter(({ Id }) => failed.some((failure) => failure.Id === Id));
    }
  }

  return {
    async send(messages) {
      const batches = Array.from({ length: Math.ceil(messages.length / BATCH_MESSAGES) }, (_, index) =>
        messages.slice(index * BATCH_MESSAGES, (index + 1) * BATCH_MESSAGES),
      );
      await Promise.all(batches.map(sendBatch));
    },
  };
}

function entry({ body, delaySeconds = 0, attributes = {} }: QueueMessage, id: string) {
  return {
    Id: id,
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
