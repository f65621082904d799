import * as z from 'zod';
import { type AwsServiceOptions, createJsonCall } from './json-call.ts';

/** A message that SQS hides from other readers for a while. Its id stays the same, its handle does not. */
export type ReceivedMessage = {
  messageId: string;
  /** Deletes or releases the message while it is hidden. */
  receiptHandle: string;
  body: string;
  /** When it was sent, epoch milliseconds. */
  sentAtMs?: number;
  attributes: Readonly<Record<string, string>>;
};

/** A queue whose messages people look at, such as one of dead letters. */
export type ReadableQueue = {
  /** About how many messages are visible, and how many others are hidden by readers at this moment. */
  count(): Promise<{ visible: number; hidden: number }>;
  /**
   * Receives up to ten messages, and hides them from other readers. SQS asks some of its servers only, unless it waits.
   *
   * @param waitSeconds how long to wait for the first message.
   */
  receive(options: { hideSeconds: number; waitSeconds: number }): Promise<ReceivedMessage[]>;
  /** Makes messages visible again at once. One that is visible or gone already changes nothing. */
  release(receiptHandles: readonly string[]): Promise<void>;
  /** Removes a message for good. */
  remove(receiptHandle: string): Promise<void>;
};

/** Limits of SQS. */
const MAX_BATCH = 10;

const Text = z.looseObject({ StringValue: z.string().optional() });

const Received = z.looseObject({
  Messages: z
    .array(
      z.looseObject({
        MessageId: z.string(),
        ReceiptHandle: z.string(),
        Body: z.string().default(''),
        Attributes: z.looseObject({ SentTimestamp: z.coerce.number().optional() }).default({}),
        MessageAttributes: z.record(z.string(), Text).default({}),
      }),
    )
    .nullish(),
});

const Counted = z.looseObject({
  Attributes: z
    .looseObject({
      ApproximateNumberOfMessages: z.coerce.number().default(0),
      ApproximateNumberOfMessagesNotVisible: z.coerce.number().default(0),
    })
    .prefault({}),
});

/** An SQS queue that is read by hand, by its URL. */
export function createReadableQueue(QueueUrl: string, options: AwsServiceOptions): ReadableQueue {
  const call = createJsonCall('sqs', options);

  return {
    async count() {
      const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
      const { Attributes } = Counted.parse(await call('GetQueueAttributes', { QueueUrl, AttributeNames }));
      return {
        visible: Attributes.ApproximateNumberOfMessages,
        hidden: Attributes.ApproximateNumberOfMessagesNotVisible,
      };
    },

    async receive({ hideSeconds, waitSeconds }) {
      const answer = await call('ReceiveMessage', {
        QueueUrl,
        MaxNumberOfMessages: MAX_BATCH,
        VisibilityTimeout: hideSeconds,
        WaitTimeSeconds: waitSeconds,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp'],
      });
      return (Received.parse(answer).Messages ?? []).map((message): ReceivedMessage => {
        const { SentTimestamp: sentAtMs } = message.Attributes;
        const said = Object.entries(message.MessageAttributes).flatMap(([name, { StringValue }]) =>
          StringValue === undefined ? [] : [[name, StringValue] as const],
        );
        return {
          messageId: message.MessageId,
          receiptHandle: message.ReceiptHandle,
          body: message.Body,
          ...(sentAtMs !== undefined && { sentAtMs }),
          attributes: Object.fromEntries(said),
        };
      });
    },

    async release(receiptHandles) {
      for (let start = 0; start < receiptHandles.length; start += MAX_BATCH) {
        const some = receiptHandles.slice(start, start + MAX_BATCH);
        // An entry that fails is a message that is visible again, or will be soon.
        await call('ChangeMessageVisibilityBatch', {
          QueueUrl,
          Entries: some.map((ReceiptHandle, index) => ({
            Id: String(index),
            ReceiptHandle,
            VisibilityTimeout: 0,
          })),
        });
      }
    },

    async remove(ReceiptHandle) {
      await call('DeleteMessage', { QueueUrl, ReceiptHandle });
    },
  };
}
